using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Tendril.Agent.Capture;

// The C# side of bpf/tendril.h: the same structs and fields under the same names in C# spelling, where each field's meaning, unit
// and byte order stand. KernelTypesTests compares every one of them with the BTF of the built objects.

/// <summary>16 bytes in network order, IPv4 mapped; held as two words so that it can be compared and hashed quickly.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Address(ulong First, ulong Second)
{
    public static readonly Address None;

    /// <summary>All ones: addresses that found no place of their own.</summary>
    public static readonly Address Others = new(ulong.MaxValue, ulong.MaxValue);

    public static Address FromBytes(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<Address>(bytes);

    public void CopyTo(Span<byte> bytes) => MemoryMarshal.Write(bytes, this);

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        CopyTo(bytes);
        var address = new System.Net.IPAddress(bytes);
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }
}

/// <summary>A process name as the kernel has it: at most 15 bytes and NULs.</summary>
[InlineArray(Length)]
internal struct Comm
{
    public const int Length = 16;
    private byte _first;

    /// <summary>Not empty; bytes that are not UTF-8 show as replacement characters.</summary>
    public override readonly string ToString()
    {
        ReadOnlySpan<byte> bytes = this;
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}

[InlineArray(Length)]
internal struct RttBuckets
{
    public const int Length = 20;
    private ulong _first;
}

internal enum Role : byte
{
    None = 0,
    Client = 1,
    Server = 2,
}

internal enum FlowKind : byte
{
    None = 0,
    Opened = 1,
    Closed = 2,
    Failed = 3,
    Listening = 4,
}

internal enum Failure : uint
{
    NotTold = 0,
    Refused = 1,
    TimedOut = 2,
    Unreachable = 3,
    Abandoned = 4,
    Other = 5,
}

internal enum Name : byte
{
    None = 0,
    Dns = 1,
    Tls = 2,
}

internal enum Loss : uint
{
    None = 0,
    RingFull = 1,
    EventSuppressed = 2,
    DependencyFull = 3,
    FlowFull = 4,
    ServiceFull = 5,
    PidFull = 6,
    Unattributed = 7,
    NameDropped = 8,
    Count = 9,
}

internal enum ProcessSource : byte
{
    ByHelpers = 0,
    ByTask = 1,
    ByConnect = 2,
}

internal enum NamespaceSource : byte
{
    ByCookie = 0,
    ByNumber = 1,
    NotTold = 2,
}

internal enum VisitMode : uint
{
    Listeners = 0,
    Flows = 1,
    Bytes = 2,
}

[StructLayout(LayoutKind.Sequential)]
internal record struct DependencyKey
{
    public ulong NetnsCookie;
    public Address ServerAddress;
    public Address PeerAddress;
    public uint Pid;
    public uint Start;
    public ushort ServerPort;
    public Role Role;
    public byte Transport;
    public uint Pad;
}

[StructLayout(LayoutKind.Sequential)]
internal struct DependencyCounters
{
    public ulong Opened;
    public ulong Failed;
    public ulong Closed;
    public ulong Adopted;
    public ulong Refused;
    public ulong TimedOut;
    public ulong Unreachable;
    public ulong Abandoned;
    public ulong DatagramsSent;
    public ulong DatagramsReceived;
    public ulong BytesSent;
    public ulong BytesReceived;
    public ulong Retransmits;
    public ulong RttCount;
    public ulong RttSumUs;
    public RttBuckets RttBuckets;
    public ulong LastAttemptNs;
    public ulong CgroupId;
    public Failure LastFailure;
    public uint Pad;
    public Comm Comm;
}

[StructLayout(LayoutKind.Sequential)]
internal record struct ProcessKey
{
    public uint Pid;
    public uint Start;
    public uint Role;
}

[StructLayout(LayoutKind.Sequential)]
internal record struct ServiceKey
{
    public ulong NetnsCookie;
    public Address Address;
    public ushort Port;
    public byte Transport;
    public byte Pad0;
    public uint Pad1;
}

[StructLayout(LayoutKind.Sequential)]
internal struct FormerOwner
{
    public ulong CgroupId;
    public uint Pid;
    public uint Start;
    public Comm Comm;
}

[StructLayout(LayoutKind.Sequential)]
internal struct ServiceOwner
{
    public ulong Cookie;
    public ulong CgroupId;
    public ulong SinceNs;
    public uint Pid;
    public uint Sockets;
    public uint Start;
    public uint Pad;
    public Comm Comm;
    public FormerOwner Former;
}

[StructLayout(LayoutKind.Sequential)]
internal struct ConnectAttempt
{
    public ulong Cookie;
    public ulong NetnsCookie;
    public ulong TimeNs;
    public ulong CgroupId;
    public Address Address;
    public ushort Port;
    public byte Pending;
    public byte Multipath;
    public uint Start;
    public uint Pid;
    public uint Pad;
    public Comm Comm;
}

[InlineArray(6)]
internal struct Pad6
{
    private byte _first;
}

[StructLayout(LayoutKind.Sequential)]
internal struct Flow
{
    public ulong Cookie;
    public DependencyKey Key;
    public ulong SinceNs;
    public ulong BytesSent;
    public ulong BytesReceived;
    public Address DialledAddress;
    public Address ClientAddress;
    public uint Retransmits;
    public uint ReceivedAtFin;
    public ushort DialledPort;
    public ushort ClientPort;
    public uint Pad;
}

[StructLayout(LayoutKind.Sequential)]
internal struct FlowEvent
{
    public ulong TimeNs;
    public ulong Cookie;
    public ulong NetnsCookie;
    public ulong CgroupId;
    public ulong BytesSent;
    public ulong BytesReceived;
    public ulong DurationNs;
    public Address LocalAddress;
    public Address RemoteAddress;
    public Address DialledAddress;
    public uint Pid;
    public uint RttUs;
    public uint Start;
    public uint Retransmits;
    public uint SendSequence;
    public uint ReceiveSequence;
    public Comm Comm;
    public ushort LocalPort;
    public ushort RemotePort;
    public ushort DialledPort;
    public FlowKind Kind;
    public Role Role;
    public byte Transport;
    public byte Failure;
    public Pad6 Pad;
}

[InlineArray(Length)]
internal struct Payload
{
    public const int Length = 2048;
    private byte _first;
}

[InlineArray(3)]
internal struct Pad3
{
    private byte _first;
}

[InlineArray(5)]
internal struct Pad5
{
    private byte _first;
}

[StructLayout(LayoutKind.Sequential)]
internal struct NamePayload
{
    /// <summary>Bytes before the payload.</summary>
    public const int HeaderBytes = 48;

    public ulong TimeNs;
    public ulong NetnsCookie;
    public Address ServerAddress;
    public uint Pid;
    public uint Length;
    public ushort ServerPort;
    public Name Kind;
    public Pad5 Pad;
    public Payload Data;
}

[InlineArray(Length)]
internal struct PathBytes
{
    public const int Length = 108;
    private byte _first;
}

[StructLayout(LayoutKind.Sequential)]
internal struct UnixPath
{
    public PathBytes Path;
    public uint Length;

    /// <summary>"/run/app.sock", or "@name" for an abstract name; what is no text shows as replacement characters.</summary>
    public override readonly string ToString()
    {
        ReadOnlySpan<byte> bytes = ((ReadOnlySpan<byte>)Path)[..(int)Math.Min(Length, PathBytes.Length)];
        if (bytes.IsEmpty)
        {
            return "";
        }

        if (bytes[0] == 0)
        {
            return "@" + Encoding.UTF8.GetString(bytes[1..]).TrimEnd('\0').Replace('\0', '@');
        }

        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}

[StructLayout(LayoutKind.Sequential)]
internal record struct UnixDigest
{
    public ulong First;
    public ulong Second;
}

[StructLayout(LayoutKind.Sequential)]
internal struct UnixListener
{
    public ulong NetnsCookie;
    public ulong Inode;
    public ulong CgroupId;
    public uint Device;
    public uint Pid;
    public uint Start;
    public uint Pad;
    public UnixPath Name;
    public Comm Comm;
}

[StructLayout(LayoutKind.Sequential)]
internal record struct WireKey
{
    public Address SourceAddress;
    public Address DestinationAddress;
    public ushort SourcePort;
    public ushort DestinationPort;
    public uint InterfaceIndex;
}

[StructLayout(LayoutKind.Sequential)]
internal struct WireCounters
{
    public ulong Packets;
    public ulong Bytes;
}

[StructLayout(LayoutKind.Sequential)]
internal struct TendrilConfig
{
    /// <summary>TENDRIL_ABI of bpf/tendril.h that this file was written for.</summary>
    public const uint ExpectedAbi = 7;

    public uint Abi;
    public uint SelfPid;
    public uint FlowMask;
    public uint FoldAbove;
    public uint FoldProcessAbove;
    public uint ErrorOffset;
    public uint SoftErrorOffset;
    public uint LeaderOffset;
    public uint StartOffset;
    public uint CommOffset;
    public uint PidOffset;
    public uint TgidOffset;
    public uint CgroupsOffset;
    public uint DefaultCgroupOffset;
    public uint CgroupNodeOffset;
    public uint CgroupIdOffset;
    public uint NamespacesOffset;
    public uint TaskNetOffset;
    public uint SocketNetOffset;
    public uint NetNumberOffset;
    public ProcessSource ProcessSource;
    public NamespaceSource NamespaceSource;
    public byte CopiesKernelMemory;
    public byte HasCoarseClock;
    public byte CanCopyKernelMemory;
    public Pad3 Pad;
}

[StructLayout(LayoutKind.Sequential)]
internal struct TendrilControl
{
    public long EventTokens;
    public long WakeTokens;
    public long JointTokens;
    public long Dependencies;
}

[StructLayout(LayoutKind.Sequential)]
internal struct Visit
{
    public ulong AttachedNs;
    public VisitMode Mode;
    public uint Scoped;
    public uint Adopted;
    public uint Unowned;
    public uint Unfollowed;
    public uint Visited;
}

[InlineArray(Length)]
internal struct CookieList
{
    public const int Length = 64;
    private ulong _first;
}

[StructLayout(LayoutKind.Sequential)]
internal struct Look
{
    public ulong NetnsCookie;
    public ulong BeforeNs;
    public uint NextSlot;
    public uint Unfound;
    public CookieList Cookies;
}

[InlineArray(Length)]
internal struct Holders
{
    public const int Length = 4;
    private SocketOwner _first;
}

[StructLayout(LayoutKind.Sequential)]
internal struct ListenerHolders
{
    public Holders Holders;
    public SocketOwner Accepter;
    public uint Count;
    public byte IsHeld;
    public byte HasAccepted;
    public ushort Pad;
}

[StructLayout(LayoutKind.Sequential)]
internal struct SocketOwner
{
    public ulong CgroupId;
    public uint Pid;
    public uint Start;
    public Comm Comm;
}
