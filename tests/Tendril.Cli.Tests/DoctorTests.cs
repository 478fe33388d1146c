using System.Runtime.Versioning;

[assembly: SupportedOSPlatform("linux")]

namespace Tendril.Cli.Tests;

/// <summary>Each test has a copy of the program in a directory of its own, so that only the agent it puts there can be found.</summary>
public sealed class DoctorTests : IClassFixture<OperatorFixture>, IDisposable
{
    private readonly OperatorFixture _fixture;
    private readonly string _directory = Directory.CreateTempSubdirectory("tendril-doctor-").FullName;
    private readonly string _program;

    public DoctorTests(OperatorFixture fixture)
    {
        _fixture = fixture;
        _program = Path.Combine(_directory, "cli", "tendril");
        Directory.CreateDirectory(Path.Combine(_directory, "cli"));
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(CommandLine.Program)!))
        {
            File.Copy(file, Path.Combine(_directory, "cli", Path.GetFileName(file)));
        }
    }

    [Theory]
    [InlineData("cli", 0)]
    [InlineData("agent", 3)]
    [InlineData("path", 1)]
    public async Task It_passes_on_what_the_agent_says_and_its_exit_code(string place, int code)
    {
        var agent = Path.Combine(Directory.CreateDirectory(Path.Combine(_directory, place)).FullName, "tendril-agent");
        await File.WriteAllTextAsync(agent, $"#!/bin/sh\necho \"sockops attaches ($1)\"\nexit {code}\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(agent, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var run = await RunAsync(_fixture.Rest);

        Assert.Equal((code, ""), (run.ExitCode, run.Errors));
        Assert.Equal(
            $"""
            sockops attaches (--doctor)

            operator at {_fixture.Rest}: healthy

            1 of 2 agents connected: 'tendril agents' says how completely each sees its host
            3,412 outside addresses folded into "other external addresses": start the operator with a larger --max-external (now 2,000)
            1 connect of an agent not taken: start the operator with a larger --max-agents (now 2)

            """,
            run.Output);
    }

    [Fact]
    public async Task Without_an_agent_or_operator_it_says_where_it_looked_and_what_to_do()
    {
        var run = await RunAsync("http://127.0.0.1:1");

        Assert.Equal((1, ""), (run.ExitCode, run.Errors));
        Assert.Contains(Path.Combine(_directory, "agent", "tendril-agent"), run.Output, StringComparison.Ordinal);
        Assert.Contains("does not answer at http://127.0.0.1:1", run.Output, StringComparison.Ordinal);
        Assert.Contains("scripts/start-tracking.sh", run.Output, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private Task<Run> RunAsync(string operatorAddress) => CommandLine.RunAsync(
        _program, ["doctor", "--operator", operatorAddress], [("PATH", $"{Path.Combine(_directory, "path")}:/usr/bin:/bin")]);
}
