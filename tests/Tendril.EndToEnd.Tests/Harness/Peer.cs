using System.Globalization;

namespace Tendril.EndToEnd.Tests.Harness;

/// <summary>Programs/peer.py under a name of its own, inside the test's cgroup.</summary>
internal sealed class Peer(RunningProcess process, IReadOnlyList<int> ports)
{
    public RunningProcess Process { get; } = process;

    /// <summary>What a server listens on, in the order its addresses were given.</summary>
    public IReadOnlyList<int> Ports { get; } = ports;

    public int Port => Ports[0];

    public static IReadOnlyList<int> ReadPorts(string line) => [.. line.Split(' ')[1..].Select(port => int.Parse(port, CultureInfo.InvariantCulture))];

    /// <summary>Lets a client that holds connections open close them.</summary>
    public async Task ReleaseAsync()
    {
        Process.WriteLine();
        await Process.LineAsync("closed");
    }
}
