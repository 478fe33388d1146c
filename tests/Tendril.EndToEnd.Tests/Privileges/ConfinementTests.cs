using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.Privileges;

/// <summary>A running agent has only the rights that it uses, on every thread, and nothing is wrong with its graph for that. SECURITY.md has the table.</summary>
public sealed class ConfinementTests : KernelTest
{
    private const string Unit = "deploy/systemd/tendril-agent.service";
    private const ulong Kept = ThreadStatus.DacReadSearch | ThreadStatus.SysPtrace | ThreadStatus.SysAdmin;

    // Nobody's.
    private const string Account = "61001";

    private static readonly string[] Given =
        [.. File.ReadLines(Repository.File(Unit)).Single(line => line.StartsWith("AmbientCapabilities=", StringComparison.Ordinal)).Split('=')[1].Split(' ')];

    [Fact]
    public async Task Every_thread_of_an_agent_that_root_started_keeps_only_what_it_uses()
    {
        var (_, agent) = await RunAsync();

        var threads = ThreadStatus.OfAll(agent.Process.Id);
        Assert.True(threads.Count > 5, "the runtime's threads are among them");
        Assert.All(threads, thread => Assert.Equal(thread with { Permitted = Kept, Effective = Kept, Inheritable = 0, Bounding = 0, Ambient = 0, NoNewPrivileges = true, IsFiltered = true }, thread));
        Assert.DoesNotContain("threads of the runtime", agent.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_with_the_units_capabilities_sees_as_much_as_root()
    {
        var (graph, agent) = await RunAsync(As(Given));

        Assert.Equal(new Seen(Executables: true, Variables: true, OtherNamespaces: true), graph);
        Assert.All(ThreadStatus.OfAll(agent.Process.Id), thread => Assert.Equal((Kept, Kept, 0UL, 0UL), (thread.Permitted, thread.Effective, thread.Inheritable, thread.Ambient)));
        // Of a process that may be dumped, its account owns them.
        Assert.Equal("0", (await RunningProcess.RunAsync("stat", "-c", "%u", $"/proc/{agent.Process.Id}/environ")).Trim());
    }

    [Theory]
    // Newer kernels let CAP_SYS_ADMIN (by CAP_PERFMON) read an environment too, so either is right.
    [InlineData("CAP_SYS_PTRACE", false, null, false)]
    [InlineData("CAP_DAC_READ_SEARCH", true, false, true)]
    [InlineData("CAP_SYS_ADMIN", true, true, false)]
    public async Task Without_one_that_it_keeps_something_stops_working(string capability, bool executables, bool? variables, bool otherNamespaces)
    {
        var (graph, _) = await RunAsync(As(Given.Where(each => each != capability)));

        Assert.Equal(new Seen(executables, variables ?? graph.Variables, otherNamespaces), graph);
    }

    // CAP_SYS_ADMIN implies the others.
    [Theory]
    [InlineData("CAP_BPF")]
    [InlineData("CAP_PERFMON")]
    [InlineData("CAP_NET_ADMIN")]
    public async Task Without_one_that_it_gives_up_it_could_not_attach(string capability)
    {
        var @operator = await StartOperatorAsync();
        var agent = Own(AgentProcess.StartShipped(Cgroup, @operator, As(Given.Where(each => each != capability && each != "CAP_SYS_ADMIN"))));
        await agent.Process.EndAsync();

        Assert.Equal(1, agent.Process.ExitCode);
        Assert.Contains("tendril-agent --doctor", agent.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recording_is_its_owners_alone()
    {
        var file = Path.Combine(Folder, "events.tendril");
        await File.WriteAllTextAsync(file, "of before", TestContext.Current.CancellationToken);
        await StartAgentAsync(await StartOperatorAsync(), "--record", file);

        Assert.Equal("600", (await RunningProcess.RunAsync("stat", "-c", "%a", file)).Trim());
    }

    // What a right is for: a program of another user's with a name in its environment, and one that is older than the agent, in another network namespace.
    private async Task<(Seen Graph, AgentProcess Agent)> RunAsync(params string[] under)
    {
        Requirements.Program("setpriv", "util-linux");
        var within = await AddNamespaceAsync();
        var @operator = await StartOperatorAsync();
        await ListenAsync("older", "127.0.0.1:7000", within);
        await HoldAsync("holder", "127.0.0.1:7000 --times 2", within);
        var agent = Own(await AgentProcess.StartShippedAsync(Cgroup, @operator, under));
        var server = await ListenAsync("server", "127.0.0.1:0");
        var client = StartNamed("client", $"connect 127.0.0.1:{server.Port} --times 3");
        await client.LineAsync("connected 3 failed 0");

        await @operator.ShowsAsync(graph => Edges(graph, server.Port).Sum(edge => edge["connectionsClosed"]!.GetValue<long>()) == 3, "three connections, whatever their ends are called");
        // Two looks at older sockets are a second apart.
        await Task.Delay(TimeSpan.FromSeconds(2.5), TestContext.Current.CancellationToken);
        var graph = await @operator.GraphAsync();
        var names = graph.Nodes.Select(node => (string)node["name"]!).ToList();
        return (new Seen(
            graph.Nodes.SelectMany(node => node["processes"]!.AsArray()).All(process => ((string?)process!["exe"] ?? "").Length > 0),
            names.Contains("named"),
            Edges(graph, 7000).Sum(edge => edge["connectionsActive"]!.GetValue<long>()) == 2), agent);
    }

    private RunningProcess StartNamed(string name, string arguments)
    {
        var program = Path.Combine(Folder, name);
        File.CreateSymbolicLink(program, Repository.PeerProgram);
        return StartInside(
            ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "/usr/bin/python3", program, .. arguments.Split(' ')],
            environment: new Dictionary<string, string> { ["OTEL_SERVICE_NAME"] = "named" });
    }

    private static IEnumerable<System.Text.Json.Nodes.JsonNode> Edges(TestGraph graph, int port) => graph.Edges.Where(edge => (int)edge["port"]! == port);

    private static string[] As(IEnumerable<string> capabilities)
    {
        var set = "-all" + string.Concat(capabilities.Select(each => ",+" + each["CAP_".Length..].ToLowerInvariant()));
        return ["setpriv", $"--reuid={Account}", $"--regid={Account}", "--clear-groups", $"--inh-caps={set}", $"--ambient-caps={set}", $"--bounding-set={set}", "--"];
    }

    /// <summary>What a graph shows that needs a right to be seen.</summary>
    private sealed record Seen(bool Executables, bool Variables, bool OtherNamespaces);
}
