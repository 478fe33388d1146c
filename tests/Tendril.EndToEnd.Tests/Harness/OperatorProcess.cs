using System.Text.Json.Nodes;

namespace Tendril.EndToEnd.Tests.Harness;

/// <summary>A real operator on free ports.</summary>
internal sealed class OperatorProcess : IAsyncDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(20) };

    private readonly string[] _arguments;

    private OperatorProcess(string[] arguments, RunningProcess process)
    {
        _arguments = arguments;
        Process = process;
    }

    public RunningProcess Process { get; private set; }

    /// <summary>Of the REST API and the dashboard.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Where agents connect.</summary>
    public Uri AgentAddress { get; private set; } = null!;

    public static async Task<OperatorProcess> StartAsync(params string[] arguments)
    {
        var started = new OperatorProcess(arguments, Launch("127.0.0.1:0", "127.0.0.1:0", arguments));
        await started.ReadAddressesAsync();
        return started;
    }

    /// <summary>Starts it again, after it ended, where it was.</summary>
    public async Task RestartAsync()
    {
        await Process.DisposeAsync();
        Process = Launch(Address.Authority, AgentAddress.Authority, _arguments);
        await ReadAddressesAsync();
    }

    public Task<string> GetAsync(string path) => Http.GetStringAsync(new Uri(Address, path), TestContext.Current.CancellationToken);

    public async Task<TestGraph> GraphAsync() => new(JsonNode.Parse(await GetAsync("/api/dependency-graph"))!);

    /// <summary>Waits until the whole graph is this text, and stays so while the agent reports a few times more.</summary>
    public async Task ShowsAsync(string expected, GraphDetail detail = GraphDetail.All)
    {
        const int Looks = 12; // of 100 ms at least, while agents in these tests report each 200 ms
        var actual = "";
        var same = 0;
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        expected = string.Join('\n', expected.Split('\n').Order(StringComparer.Ordinal));
        while (same < Looks && System.Diagnostics.Stopwatch.GetElapsedTime(start) < Wait.Bound)
        {
            actual = (await GraphAsync()).Text(detail);
            same = actual == expected ? same + 1 : 0;
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.True(same == Looks, $"The graph is not as expected.\n\nexpected:\n{expected}\n\nactual:\n{actual}\n");
    }

    /// <summary>Waits until something holds of the graph while an agent is connected.</summary>
    public async Task ShowsAsync(Predicate<TestGraph> condition, string what)
    {
        var graph = await GraphAsync();
        await Wait.UntilAsync(
            async () => (graph = await GraphAsync()).HasConnectedAgent && condition(graph),
            () => $"{what}; there is {graph.Agent["counterOverflows"]!.ToJsonString()} and\n{graph.Text()}");
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private static RunningProcess Launch(string http, string grpc, string[] arguments) =>
        RunningProcess.Start([Repository.Operator, "--http", http, "--grpc", grpc, .. arguments]);

    //   dashboard  http://127.0.0.1:8080/   (REST API: http://127.0.0.1:8080/docs)
    //   agents     127.0.0.1:50051
    private async Task ReadAddressesAsync()
    {
        Address = new Uri(Words(await Process.LineAsync("  dashboard "))[1]);
        AgentAddress = new Uri("http://" + Words(await Process.LineAsync("  agents "))[1]);
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
