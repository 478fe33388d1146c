namespace Tendril.Agent.Capture;

/// <summary>
/// A recording: a file of frames, each a kind (1 byte), a length (4 bytes, little-endian) and as many bytes. Kernel structs are kept as
/// the kernel laid them out, under the ABI number of the header. What is told of a process stands before the first thing it did.
/// </summary>
internal static class RecordingFormat
{
    /// <summary>First bytes of the first frame's payload.</summary>
    public static ReadOnlySpan<byte> Magic => "tendril recording"u8;

    public const byte Version = 2;

    /// <summary>Since this ABI the structs that are kept here are laid out as now. Raise it when one of them changes, not when another does.</summary>
    public const uint OldestAbi = 6;

    /// <summary>No frame is larger; a length beyond it means a damaged file.</summary>
    public const int MaxFrameBytes = 64 * 1024;
}

internal enum FrameKind : byte
{
    None = 0,

    /// <summary>Magic, version (1 byte), ABI (4), cookie of the host's network namespace (8).</summary>
    Header = 1,

    /// <summary>A reading of the counters begins: time in microseconds since the Unix epoch (8), and in nanoseconds by the kernel's clock (8).</summary>
    BeginCounters = 2,

    /// <summary>struct dependency_key, struct dependency_counters.</summary>
    Dependency = 3,

    /// <summary>struct service_key, struct service_owner.</summary>
    Listener = 4,

    /// <summary>One 8-byte count for each enum tendril_loss.</summary>
    Losses = 5,

    /// <summary>struct wire_counters, connections (4), interface name.</summary>
    Wire = 6,

    /// <summary>struct dependency_key, comm (16), cgroup id (8).</summary>
    UnsentConnect = 7,

    /// <summary>The reading is complete.</summary>
    EndCounters = 8,

    /// <summary>Time in microseconds since the Unix epoch (8), struct flow_event.</summary>
    FlowEvent = 9,

    /// <summary>What /proc told of a process: pid (4), start time (8), namespace inode (8), start as the kernel side has it (4), its stack (8), comm, exe, cgroup, count of arguments (1), arguments; each text a length (2) and UTF-8.</summary>
    Process = 10,

    /// <summary>A process was found gone: pid (4).</summary>
    Gone = 11,

    /// <summary>Time in microseconds since the Unix epoch (8), struct name_payload without its unused end.</summary>
    Name = 12,

    /// <summary>Address (16), path.</summary>
    Path = 13,

    /// <summary>Time in microseconds since the Unix epoch, sockets, explained, duration in microseconds (8 each).</summary>
    SelfCheck = 14,
}
