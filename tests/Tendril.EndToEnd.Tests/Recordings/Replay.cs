using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.Recordings;

/// <summary>An operator and an agent that has a recording in place of a kernel.</summary>
internal static class Replay
{
    public const string Events = "events.tendril";
    public const string Graph = "graph.txt";

    /// <summary>A folder for each case: what the kernel told, and the graph that it gives.</summary>
    public static string Recordings { get; } = Repository.File("tests/recordings");

    public static async Task ShowsAsync(string file, string expected)
    {
        // What was recorded long ago is not to age away.
        await using var @operator = await OperatorProcess.StartAsync("--gone-after", "3650d", "--retain-gone", "3650d");
        string[] withoutRights = Environment.IsPrivilegedProcess ? ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--"] : [];
        await using var agent = AgentProcess.Start(["--replay", file, "--operator", @operator.AgentAddress.ToString()], withoutRights);
        try
        {
            await @operator.ShowsAsync(expected);
        }
        catch (Exception)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(agent.Process.Output);
            throw;
        }
    }
}
