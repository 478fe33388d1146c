namespace Tendril.EndToEnd.Tests.Harness;

/// <summary>A network namespace of its own, with the loopback interface up and no route beyond it.</summary>
internal sealed class NetworkNamespace : IAsyncDisposable
{
    private static int _count;

    private NetworkNamespace(string name) => Name = name;

    public string Name { get; }

    /// <summary>Where programs that are started in it run, as on a host of their own; null: in the test's cgroup.</summary>
    public TestCgroup? Cgroup { get; init; }

    /// <summary>What a process enters that wants to be inside.</summary>
    public string Path => "/run/netns/" + Name;

    /// <summary>Put before a command, runs it inside. Unlike `ip netns exec` it leaves /sys as it is.</summary>
    public IEnumerable<string> Enter => ["nsenter", $"--net={Path}", "--"];

    public static async Task<NetworkNamespace> CreateAsync(TestCgroup? cgroup = null)
    {
        Requirements.Program("ip", "iproute2");
        var created = new NetworkNamespace($"tendril-test-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}") { Cgroup = cgroup };
        await RunningProcess.RunAsync("ip", "netns", "add", created.Name);
        await created.RunAsync("ip", "link", "set", "lo", "up");
        return created;
    }

    /// <summary>Drops what comes to a port, without an answer: whoever connects there waits.</summary>
    public Task DropAsync(int port)
    {
        Requirements.Program("nft", "nftables");
        return RunAsync(
            "nft", $"add table inet test; add chain inet test input {{ type filter hook input priority 0; }}; add rule inet test input tcp dport {port} drop");
    }

    public Task RunAsync(params string[] command) => RunningProcess.RunAsync([.. Enter, .. command]);

    public async ValueTask DisposeAsync() => await RunningProcess.RunAsync("ip", "netns", "delete", Name);
}
