using System.Net.NetworkInformation;
using Tendril.Bpf;

namespace Tendril.Agent.Capture;

/// <summary>The optional XDP program (bpf/wire.bpf.c) on one interface: TCP frames and bytes as they come in on the wire.</summary>
internal sealed class WireCounter : IDisposable
{
    private readonly BpfLink _link;
    private readonly BpfMap<uint, WireCounters> _totals;
    private readonly BpfMap<WireKey, WireCounters> _connections;
    private readonly WireCounters[] _perCpu = new WireCounters[BpfObject.PossibleCpus];
    private readonly BpfMapBuffer<WireKey, WireCounters> _buffer = new();

    private WireCounter(string networkInterface, BpfObject loaded, BpfLink link)
    {
        Interface = networkInterface;
        Object = loaded;
        _link = link;
        _totals = loaded.Map<uint, WireCounters>("wire_totals");
        _connections = loaded.Map<WireKey, WireCounters>("wire_map");
    }

    public BpfObject Object { get; }

    public string Interface { get; }

    /// <exception cref="BpfException">The interface's driver or the kernel refused, or another XDP program is on it.</exception>
    /// <exception cref="IOException">There is no such interface.</exception>
    public static WireCounter Attach(string networkInterface)
    {
        int index = IndexOf(networkInterface);
        var opened = KernelPrograms.OpenObject("wire");
        try
        {
            opened.Load();
            return new WireCounter(networkInterface, opened, opened.AttachToInterface("xdp_dependency_tracker", index));
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Frames and bytes since it was attached, and how many one-way 4-tuples are held.</summary>
    public (WireCounters Totals, uint Connections) Read()
    {
        var sum = default(WireCounters);
        _totals.TryGetPerCpu(0, _perCpu);
        foreach (var each in _perCpu)
        {
            sum.Packets += each.Packets;
            sum.Bytes += each.Bytes;
        }

        return (sum, (uint)_connections.ReadAll(_buffer));
    }

    public void Dispose()
    {
        _link.Dispose();
        Object.Dispose();
    }

    private static int IndexOf(string name)
    {
        var found = Array.Find(NetworkInterface.GetAllNetworkInterfaces(), each => each.Name == name)
            ?? throw new IOException($"there is no network interface {name}; `ip link` lists them");
        var properties = found.GetIPProperties();
        return found.Supports(NetworkInterfaceComponent.IPv4) ? properties.GetIPv4Properties().Index : properties.GetIPv6Properties().Index;
    }
}
