using System.Runtime.InteropServices;
using Tendril.Bpf;

namespace Tendril.Agent.Capture;

/// <summary>
/// The object bpf/datagrams.bpf.c, loaded and attached beside the core: counts UDP, and hands over DNS answers and TLS hellos, which
/// say what outside addresses are called. Left out where the kernel cannot; TCP is counted just the same.
/// </summary>
internal sealed class DatagramPrograms : IDisposable
{
    /// <summary>What it adds, for people.</summary>
    public const string CapabilityName = "cgroup_skb";

    /// <summary>What is lost without it.</summary>
    public const string Cost = "UDP is not counted, and outside addresses have no names from DNS and TLS";

    // What tells whose a socket is.
    private static readonly string[] OfSockets =
    [
        "datagram_bind_tracker", "datagram_bind_tracker6", "datagram_connect_tracker", "datagram_connect_tracker6",
        "datagram_send_tracker", "datagram_send_tracker6", "datagram_receive_tracker", "datagram_receive_tracker6",
        "datagram_release_tracker",
    ];

    private static readonly string[] OfPackets = ["datagram_ingress_tracker", "datagram_egress_tracker"];

    private readonly List<BpfLink> _links = [];
    private readonly RecordHandler _onName;
    private RingBuffer? _names;

    private DatagramPrograms(BpfObject opened, RecordHandler onName)
    {
        Object = opened;
        _onName = onName;
    }

    /// <summary>Takes one record; the payload is valid only inside the call.</summary>
    public delegate void RecordHandler(in NamePayload header, ReadOnlySpan<byte> payload);

    public BpfObject Object { get; }

    /// <summary>Records that were malformed: a fault of the programs.</summary>
    public long Faults => _names!.Faults;

    /// <summary>Attaches what tells whose sockets are. Nothing is counted before <see cref="AttachToPackets"/>.</summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    /// <exception cref="IOException">The cgroup directory cannot be opened.</exception>
    public static DatagramPrograms Attach(KernelPrograms core, string cgroupDirectory, RecordHandler onName)
    {
        var programs = new DatagramPrograms(core.OpenBeside("datagrams"), onName);
        try
        {
            programs.Object.Load();
            programs.AttachAll(OfSockets, cgroupDirectory);
            programs._names = programs.Object.OpenRing("name_ring", programs.OnRecord);
            return programs;
        }
        catch
        {
            programs.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Begins to count. After older sockets were taken in: a server that is not known to be bound would pass for the client of those it answers.
    /// </summary>
    /// <exception cref="BpfException">The kernel refused.</exception>
    /// <exception cref="IOException">The cgroup directory cannot be opened.</exception>
    public void AttachToPackets(string cgroupDirectory) => AttachAll(OfPackets, cgroupDirectory);

    /// <summary>Hands over what came since the last call.</summary>
    public void ReadNames() => _names!.Consume();

    public void Dispose()
    {
        _names?.Dispose();
        foreach (var link in _links)
        {
            link.Dispose();
        }

        Object.Dispose();
    }

    private void AttachAll(string[] programs, string cgroupDirectory)
    {
        using var directory = KernelPrograms.OpenDirectory(cgroupDirectory);
        foreach (var program in programs)
        {
            _links.Add(Object.AttachToCgroup(program, directory));
        }
    }

    // A record has as much of the payload as there was.
    private void OnRecord(ReadOnlySpan<byte> record)
    {
        NamePayload header = default;
        if (record.Length < NamePayload.HeaderBytes || record.Length > NamePayload.HeaderBytes + Payload.Length)
        {
            throw new InvalidDataException($"a name of {record.Length} bytes");
        }

        record[..NamePayload.HeaderBytes].CopyTo(MemoryMarshal.AsBytes(new Span<NamePayload>(ref header)));
        _onName(header, record[NamePayload.HeaderBytes..]);
    }
}
