using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.Logging;
using Tendril.Agent.Identity;
using Tendril.Bpf;

namespace Tendril.Agent.Capture;

/// <summary>
/// Writes all that passes from a capture to its sink, and from /proc to the process table, into a file. What a process is called
/// is asked for while an event is handled, so each frame is written after the sink had it: facts then stand before what needs them.
/// When the disk is full the recording ends there, and the agent goes on without it.
/// </summary>
internal sealed partial class RecordingWriter : ICaptureSink, IProcessReader, IDisposable
{
    private const int MaxText = 4096;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly IProcessReader _processes;
    private readonly BinaryWriter _file;
    private readonly MemoryStream _frame = new();
    private readonly BinaryWriter _payload;
    private readonly HashSet<uint> _alive = [];
    private readonly ILogger _log;
    private ICaptureSink? _sink;
    private bool _hasEnded;

    private RecordingWriter(FileStream file, IProcessReader processes, ILogger log)
    {
        (_processes, _log) = (processes, log);
        _file = new BinaryWriter(file);
        _payload = new BinaryWriter(_frame);
    }

    /// <exception cref="AgentStartException">The file cannot be written.</exception>
    public static RecordingWriter Create(string path, IProcessReader processes, ILogger log)
    {
        try
        {
            // It tells of everybody's processes: nobody else may read it, also where a file of that name was there before.
            var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                Share = FileShare.Read,
                BufferSize = 64 * 1024,
                UnixCreateMode = OwnerOnly,
            });
            File.SetUnixFileMode(file.SafeFileHandle, OwnerOnly);
            return new RecordingWriter(file, processes, log);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AgentStartException($"--record {path}: {exception.Message}");
        }
    }

    /// <summary>Stands between a capture and its sink from now on.</summary>
    public ICaptureSink RecordInto(ICaptureSink sink, ulong hostNetworkNamespace)
    {
        _sink = sink;
        _payload.Write(RecordingFormat.Magic);
        _payload.Write(RecordingFormat.Version);
        _payload.Write(TendrilConfig.ExpectedAbi);
        _payload.Write(hostNetworkNamespace);
        Write(FrameKind.Header);
        return this;
    }

    public void BeginCounters(ReadingTime now)
    {
        _sink!.BeginCounters(now);
        _payload.Write(now.Micros);
        _payload.Write(now.MonotonicNs);
        Write(FrameKind.BeginCounters);
    }

    public void OnDependency(in DependencyKey key, in DependencyCounters counters)
    {
        _sink!.OnDependency(key, counters);
        Append(key);
        Append(counters);
        Write(FrameKind.Dependency);
    }

    public void OnPath(in Address endpoint, string path)
    {
        _sink!.OnPath(endpoint, path);
        Append(endpoint);
        Append(path);
        Write(FrameKind.Path);
    }

    public void OnListener(in ServiceKey key, in ServiceOwner owner)
    {
        _sink!.OnListener(key, owner);
        Append(key);
        Append(owner);
        Write(FrameKind.Listener);
    }

    public void OnLosses(ReadOnlySpan<ulong> byReason)
    {
        _sink!.OnLosses(byReason);
        _payload.Write(MemoryMarshal.AsBytes(byReason));
        Write(FrameKind.Losses);
    }

    public void OnSelfCheck(Protocol.SelfCheck result)
    {
        _sink!.OnSelfCheck(result);
        _payload.Write(result.TimeUs);
        _payload.Write(result.Sockets);
        _payload.Write(result.Explained);
        _payload.Write(result.DurationUs);
        Write(FrameKind.SelfCheck);
    }

    // How long programs took is of this machine, not of what it saw.
    public void OnProgramRuns(in BpfProgramRuns runs) => _sink!.OnProgramRuns(runs);

    public void OnWire(string networkInterface, in WireCounters totals, uint connections)
    {
        _sink!.OnWire(networkInterface, totals, connections);
        Append(totals);
        _payload.Write(connections);
        Append(networkInterface);
        Write(FrameKind.Wire);
    }

    public void OnUnsentConnect(in DependencyKey key, in Comm comm, ulong cgroupId)
    {
        _sink!.OnUnsentConnect(key, comm, cgroupId);
        Append(key);
        Append(comm);
        _payload.Write(cgroupId);
        Write(FrameKind.UnsentConnect);
    }

    public void OnName(in NamePayload header, ReadOnlySpan<byte> payload, ulong timeUs)
    {
        _sink!.OnName(header, payload, timeUs);
        _payload.Write(timeUs);
        _payload.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<NamePayload>(in header))[..NamePayload.HeaderBytes]);
        _payload.Write(payload);
        Write(FrameKind.Name);
    }

    public void EndCounters(Func<DependencyKey, DependencyCounters?> forget)
    {
        _sink!.EndCounters(forget);
        Write(FrameKind.EndCounters);
        Try(file => file.Flush());
    }

    public void OnFlowEvent(in FlowEvent flowEvent, ulong timeUs)
    {
        _sink!.OnFlowEvent(flowEvent, timeUs);
        _payload.Write(timeUs);
        Append(flowEvent);
        Write(FrameKind.FlowEvent);
    }

    public bool TryReadStat(uint pid, out ProcessStat stat)
    {
        bool found = _processes.TryReadStat(pid, out stat);
        if (!found && _alive.Remove(pid))
        {
            WriteGone(pid);
        }

        return found;
    }

    public ProcessFacts? Read(uint pid)
    {
        var facts = _processes.Read(pid);
        if (facts is null)
        {
            if (_alive.Remove(pid))
            {
                WriteGone(pid);
            }

            return null;
        }

        // In the middle of a frame's handling, before that frame is begun: the payload buffer is free.
        _alive.Add(pid);
        _payload.Write(pid);
        _payload.Write(facts.Stat.StartTimeUs);
        _payload.Write(facts.NetworkNamespaceInode);
        _payload.Write(facts.Stat.Start);
        _payload.Write(facts.Stat.Stack);
        Append(facts.Comm);
        Append(facts.Exe);
        Append(facts.Cgroup);
        _payload.Write((byte)Math.Min(facts.Arguments.Count, byte.MaxValue));
        foreach (var argument in facts.Arguments.Take(byte.MaxValue))
        {
            Append(argument);
        }

        Write(FrameKind.Process);
        return facts;
    }

    public string ReadExe(uint pid) => _processes.ReadExe(pid);

    public void Dispose() => Try(static file => file.Dispose());

    private void WriteGone(uint pid)
    {
        _payload.Write(pid);
        Write(FrameKind.Gone);
    }

    private void Append<T>(in T value)
        where T : unmanaged
        => _payload.Write(MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in value, 1)));

    private void Append(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text.Length <= MaxText ? text : text[..MaxText]);
        _payload.Write((ushort)bytes.Length);
        _payload.Write(bytes);
    }

    private void Write(FrameKind kind)
    {
        Try(file =>
        {
            file.Write((byte)kind);
            file.Write((int)_frame.Length);
            file.Write(_frame.GetBuffer().AsSpan(0, (int)_frame.Length));
        });
        _frame.SetLength(0);
    }

    private void Try(Action<BinaryWriter> write)
    {
        if (_hasEnded)
        {
            return;
        }

        try
        {
            write(_file);
        }
        catch (IOException exception)
        {
            _hasEnded = true;
            Log.Ended(_log, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "the recording ends here, what it has can be replayed; the agent goes on: {Reason}")]
        public static partial void Ended(ILogger logger, string reason);
    }
}
