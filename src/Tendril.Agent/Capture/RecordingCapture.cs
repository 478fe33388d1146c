using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Tendril.Agent.Identity;
using Tendril.Protocol;

namespace Tendril.Agent.Capture;

/// <summary>
/// Captures from a recording: one reading of the counters each time it is asked, with the events before it. The file may be damaged or
/// hostile: every length is checked, and the first thing that does not fit ends the replay with an error that names the place.
/// </summary>
internal sealed class RecordingCapture : ICapture, IProcessReader
{
    private readonly string _path;
    private readonly Stream _file;
    private readonly byte[] _payload = new byte[RecordingFormat.MaxFrameBytes];
    private readonly Dictionary<uint, ProcessFacts> _processes = [];
    private int _length;
    private long _position;

    private RecordingCapture(string path, Stream file)
    {
        _path = path;
        _file = file;
    }

    public IReadOnlyList<Capability> Capabilities { get; } = [new Capability { Name = "recording", Available = true, Detail = "replayed, not live" }];

    public ulong HostNetworkNamespace { get; private set; }

    /// <exception cref="AgentStartException">The file cannot be read or is no recording of this version.</exception>
    public static RecordingCapture Open(string path)
    {
        try
        {
            return Open(path, new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 64 * 1024));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new AgentStartException($"--replay {path}: {exception.Message}");
        }
    }

    /// <param name="path">Only named.</param>
    /// <param name="file">What is read.</param>
    /// <exception cref="InvalidDataException">It is no recording of this version.</exception>
    internal static RecordingCapture Open(string path, Stream file)
    {
        var capture = new RecordingCapture(path, file);
        capture.ReadHeader();
        return capture;
    }

    /// <summary>Events stand between the readings; they come with <see cref="ReadCounters"/>.</summary>
    public void ReadEvents(ICaptureSink sink)
    {
    }

    public void GrantEvents(int events)
    {
    }

    public bool ReadCounters(ICaptureSink sink, bool last = false)
    {
        while (ReadFrame() is var kind and not FrameKind.None)
        {
            Hand(kind, sink);
            if (kind == FrameKind.EndCounters)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A recording has all the time.</summary>
    public Task NewsAsync(CancellationToken stop) => Task.Delay(Timeout.Infinite, stop);

    public bool TryReadStat(uint pid, out ProcessStat stat)
    {
        bool found = _processes.TryGetValue(pid, out var facts);
        stat = found ? facts!.Stat : default;
        return found;
    }

    public ProcessFacts? Read(uint pid) => _processes.GetValueOrDefault(pid);

    public string ReadExe(uint pid) => _processes.GetValueOrDefault(pid)?.Exe ?? "";

    public void Dispose() => _file.Dispose();

    private void Hand(FrameKind kind, ICaptureSink sink)
    {
        int at = 0;
        switch (kind)
        {
            case FrameKind.BeginCounters:
                sink.BeginCounters(new ReadingTime(Take<ulong>(ref at), Take<ulong>(ref at)));
                break;
            case FrameKind.Dependency:
                sink.OnDependency(Take<DependencyKey>(ref at), Take<DependencyCounters>(ref at));
                break;
            case FrameKind.SelfCheck:
                sink.OnSelfCheck(new Protocol.SelfCheck
                {
                    TimeUs = Take<ulong>(ref at),
                    Sockets = Take<ulong>(ref at),
                    Explained = Take<ulong>(ref at),
                    DurationUs = Take<ulong>(ref at),
                });
                break;
            case FrameKind.Path:
                sink.OnPath(Take<Address>(ref at), TakeText(ref at));
                break;
            case FrameKind.Listener:
                sink.OnListener(Take<ServiceKey>(ref at), Take<ServiceOwner>(ref at));
                break;
            case FrameKind.Losses when _length == (int)Loss.Count * sizeof(ulong):
                sink.OnLosses(MemoryMarshal.Cast<byte, ulong>(_payload.AsSpan(0, _length)));
                at = _length;
                break;
            case FrameKind.Wire:
                var totals = Take<WireCounters>(ref at);
                uint connections = Take<uint>(ref at);
                sink.OnWire(TakeText(ref at), totals, connections);
                break;
            case FrameKind.UnsentConnect:
                sink.OnUnsentConnect(Take<DependencyKey>(ref at), Take<Comm>(ref at), Take<ulong>(ref at));
                break;
            case FrameKind.EndCounters:
                sink.EndCounters(_ => null);
                break;
            case FrameKind.FlowEvent:
                ulong timeUs = Take<ulong>(ref at);
                sink.OnFlowEvent(Take<FlowEvent>(ref at), timeUs);
                break;
            case FrameKind.Name when _length >= sizeof(ulong) + NamePayload.HeaderBytes:
                ulong seenUs = Take<ulong>(ref at);
                NamePayload header = default;
                _payload.AsSpan(at, NamePayload.HeaderBytes).CopyTo(MemoryMarshal.AsBytes(new Span<NamePayload>(ref header)));
                sink.OnName(header, _payload.AsSpan((at + NamePayload.HeaderBytes).._length), seenUs);
                at = _length;
                break;
            case FrameKind.Process:
                TakeProcess(ref at);
                break;
            case FrameKind.Gone:
                _processes.Remove(Take<uint>(ref at));
                break;
            default:
                throw Damaged($"a frame of unknown kind {(byte)kind} or wrong length {_length}");
        }

        if (at != _length)
        {
            throw Damaged($"a frame of kind {kind} with {_length - at} bytes too many");
        }
    }

    private void TakeProcess(ref int at)
    {
        uint pid = Take<uint>(ref at);
        ulong startTimeUs = Take<ulong>(ref at), inode = Take<ulong>(ref at);
        uint start = Take<uint>(ref at);
        ulong stack = Take<ulong>(ref at);
        string comm = TakeText(ref at), exe = TakeText(ref at), cgroup = TakeText(ref at);
        var arguments = new string[Take<byte>(ref at)];
        for (int i = 0; i < arguments.Length; i++)
        {
            arguments[i] = TakeText(ref at);
        }

        var stat = new ProcessStat(startTimeUs, ProcReader.Pack(Encoding.UTF8.GetBytes(comm)), start, stack);
        _processes[pid] = new ProcessFacts(pid, stat, comm, exe, arguments, cgroup, inode);
    }

    private void ReadHeader()
    {
        int at = RecordingFormat.Magic.Length;
        if (ReadFrame() != FrameKind.Header || !_payload.AsSpan(0, _length).StartsWith(RecordingFormat.Magic))
        {
            throw new InvalidDataException("this is no Tendril recording; `tendril-agent --record FILE` writes one");
        }

        byte version = Take<byte>(ref at);
        uint abi = Take<uint>(ref at);
        if (version != RecordingFormat.Version || abi is < RecordingFormat.OldestAbi or > TendrilConfig.ExpectedAbi)
        {
            throw new InvalidDataException($"recorded with format {version}, ABI {abi}; this agent reads format {RecordingFormat.Version}, ABI {RecordingFormat.OldestAbi} to {TendrilConfig.ExpectedAbi}");
        }

        HostNetworkNamespace = Take<ulong>(ref at);
    }

    // None at the end of the file, also when its last frame is cut: a recorder that was killed leaves such a file.
    private FrameKind ReadFrame()
    {
        Span<byte> head = stackalloc byte[5];
        _position = _file.Position;
        if (_file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length)
        {
            return FrameKind.None;
        }

        _length = BinaryPrimitives.ReadInt32LittleEndian(head[1..]);
        if (_length < 0 || _length > RecordingFormat.MaxFrameBytes)
        {
            throw Damaged($"a frame of {_length} bytes, more than {RecordingFormat.MaxFrameBytes}");
        }

        return _file.ReadAtLeast(_payload.AsSpan(0, _length), _length, throwOnEndOfStream: false) < _length ? FrameKind.None : (FrameKind)head[0];
    }

    private T Take<T>(ref int at)
        where T : unmanaged
    {
        int size = Unsafe.SizeOf<T>();
        if (_length - at < size)
        {
            throw Damaged($"a frame of {_length} bytes where more are needed");
        }

        var value = MemoryMarshal.Read<T>(_payload.AsSpan(at, size));
        at += size;
        return value;
    }

    private string TakeText(ref int at)
    {
        int length = Take<ushort>(ref at);
        if (_length - at < length)
        {
            throw Damaged($"a text of {length} bytes beyond the end of its frame");
        }

        var text = Encoding.UTF8.GetString(_payload.AsSpan(at, length));
        at += length;
        return text;
    }

    private InvalidDataException Damaged(string what) => new($"{_path} is damaged at byte {_position}: {what}");
}
