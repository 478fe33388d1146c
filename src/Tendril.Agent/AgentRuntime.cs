using System.Runtime.CompilerServices;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Tendril.Agent.Capture;
using Tendril.Agent.Dependencies;
using Tendril.Agent.Export;
using Tendril.Agent.Identity;
using Tendril.Agent.Privileges;
using Tendril.Bpf;
using Tendril.Protocol;

namespace Tendril.Agent;

/// <summary>The agent's parts, wired: capture -> tables -> stream to the operator.</summary>
internal sealed partial class AgentRuntime : IDisposable
{
    /// <summary>States held in the agent for each of the kernel's keys: short-lived processes share them. About 500 bytes each.</summary>
    private const double StatesForKey = 0.5;

    /// <summary>At least so many, so that a small table of the kernel is the only limit.</summary>
    private const int LeastStates = 8_192;

    /// <summary>Counters are read sooner for a dependency that is new, but not more often than so.</summary>
    private static readonly TimeSpan NewsInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>By then it has told the operator everything once.</summary>
    private const int ReadingsOfStart = 3;

    private readonly AgentOptions _options;
    private readonly ICapture _capture;
    private readonly RecordingWriter? _recorder;
    private readonly ICaptureSink _sink;
    private readonly FlowEventQueue _events = new();
    private readonly Aggregator _aggregator;
    private readonly OperatorStream _stream;
    private readonly TimeProvider _time;

    private AgentRuntime(AgentOptions options, ICapture capture, ProcessTable processes, RecordingWriter? recorder, Hello hello, TimeProvider time, ILoggerFactory logs)
    {
        _options = options;
        _capture = capture;
        _time = time;
        _aggregator = new Aggregator(processes, _events, Math.Max(LeastStates, (int)(options.MaxDependencies * StatesForKey)), options.MaxDependenciesPerProcess);
        _recorder = recorder;
        _sink = recorder?.RecordInto(_aggregator, capture.HostNetworkNamespace) ?? _aggregator;
        hello.AgentStartUs = new MonotonicClock(time).NowMicros();
        hello.HostNetworkNamespace = capture.HostNetworkNamespace;
        hello.Capabilities.AddRange(capture.Capabilities);
        _stream = new OperatorStream(options, hello, _aggregator, _events, time, logs.CreateLogger<OperatorStream>());
    }

    /// <summary>Attaches to the kernel, or opens the recording, and gives up what was only needed for that.</summary>
    /// <exception cref="AgentStartException">It cannot run here; the message says why and what to do.</exception>
    public static AgentRuntime Start(AgentOptions options, Confinement confinement, TimeProvider time, ILoggerFactory logs)
    {
        var log = logs.CreateLogger("Tendril.Agent");
        var host = HostIdentity.Read(HostFiles.Root);
        var hello = new Hello
        {
            ProtocolVersion = OperatorStream.ProtocolVersion,
            AgentVersion = AgentVersion.Text,
            MachineId = host.MachineId,
            BootId = host.BootId,
            Hostname = host.Hostname,
            KernelRelease = host.KernelRelease,
            AgentPid = (uint)Environment.ProcessId,
            Scope = options.Cgroup,
        };
        var credentials = new OperatorCredentials(options, hello.MachineId, time, log);
        credentials.Check();
        hello.HostAddresses.AddRange(host.Addresses.Select(address => ByteString.CopyFrom(address)));
        if (options.ReplayFile is { } file)
        {
            var recording = confinement.WithAllRights(() => RecordingCapture.Open(file));
            confinement.Complete(log, credentials.AreKept);
            Log.Replaying(log, file);
            return new AgentRuntime(options, recording, new ProcessTable(recording, new CgroupPaths(null, time), time), null, hello, time, logs);
        }

        var mount = CgroupMount.TryFind(out var problem) ?? throw new AgentStartException(problem);
        var proc = new ProcReader(discretion: new Discretion(options.Words, options.Redacted));
        var recorder = options.RecordFile is { } record ? confinement.WithAllRights(() => RecordingWriter.Create(record, proc, log)) : null;
        var capture = StartKernel(options, confinement, mount, time, log);
        confinement.Complete(log, credentials.AreKept);
        Log.Attached(log, mount.DirectoryOf(options.Cgroup), string.Join(", ", KernelPrograms.Hooks.Select(hook => hook.Hook)), proc.MillisecondsFromStart(capture.AttachedNs));
        var processes = new ProcessTable((IProcessReader?)recorder ?? proc, new CgroupPaths(mount, time), time, labels: new PlaceLabels(ContainerLabels.OfHost(), new NamespaceNames(time, HostFiles.Root + "run/netns")));
        return new AgentRuntime(options, capture, processes, recorder, hello, time, logs);
    }

    /// <summary>Runs until <paramref name="stop"/>; the stream then sends what is left.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        // The stream stops after the last reading, so that it sends that too.
        using var stopStream = new CancellationTokenSource();
        var streaming = _stream.RunAsync(stopStream.Token);
        using var timer = new PeriodicTimer(Shorter(_options.EventInterval, _options.CounterInterval), _time);
        long countersRead = 0;
        var readings = 0;
        bool more = true;
        Task? tick = null, news = null;
        try
        {
            do
            {
                ReadEvents(grant: tick is null);
                bool isTelling = !_events.IsEmpty;
                bool isNews = _aggregator.SawNewListener || (_aggregator.SawNewDependency && _time.GetElapsedTime(countersRead) >= NewsInterval);
                if (more && (countersRead == 0 || (isNews && !_aggregator.HasUntoldListener) || _time.GetElapsedTime(countersRead) >= _options.CounterInterval))
                {
                    countersRead = _time.GetTimestamp();
                    more = ReadCounters();
                    isTelling = true;
                    // Compiled as it runs, code is not its file's.
                    if (++readings == ReadingsOfStart && !RuntimeFeature.IsDynamicCodeCompiled)
                    {
                        ProgramPages.Release();
                    }
                }

                if (isTelling)
                {
                    _stream.Wake();
                }
            }
            while (!streaming.IsCompleted && await WaitAsync());
        }
        catch (OperationCanceledException)
        {
            ReadEvents(grant: false);
            ReadCounters(last: true);
        }
        finally
        {
            await stopStream.CancelAsync();
            await streaming;
        }

        // Until the next turn is due, or there is news that should not wait for it.
        async Task<bool> WaitAsync()
        {
            tick ??= timer.WaitForNextTickAsync(stop).AsTask();
            news ??= _capture.NewsAsync(stop);
            await await Task.WhenAny(tick, news);
            (tick, news) = (tick.IsCompleted ? null : tick, news.IsCompleted ? null : news);
            return true;
        }
    }

    public void Dispose()
    {
        _recorder?.Dispose();
        _capture.Dispose();
    }

    private static KernelCapture StartKernel(AgentOptions options, Confinement confinement, CgroupMount mount, TimeProvider time, ILogger log)
    {
        var directory = mount.DirectoryOf(options.Cgroup);
        try
        {
            return KernelCapture.Start(options, confinement, directory, wholeHost: directory == mount.Path, time, log);
        }
        catch (BpfException exception) when (exception.Errno == 1)
        {
            throw new AgentStartException($"the kernel refuses ({exception.Message.Split('\n')[0]}): run as root, or with {Capabilities.Needed}; `tendril-agent --doctor` shows what works here");
        }
        catch (Exception exception) when (exception is BpfException or IOException)
        {
            throw new AgentStartException($"{exception.Message}\n`tendril-agent --doctor` shows what works on this kernel");
        }
    }

    private void ReadEvents(bool grant)
    {
        lock (_aggregator.Gate)
        {
            _aggregator.BeginEvents();
            _capture.ReadEvents(_sink);
            _aggregator.EndEvents();
        }

        if (!grant)
        {
            return;
        }

        double seconds = _options.EventInterval.TotalSeconds;
        int perSecond = _aggregator.WantedEventsPerSecond ?? _options.EventsPerSecond;
        _capture.GrantEvents((int)Math.Ceiling(perSecond * seconds));
    }

    private bool ReadCounters(bool last = false)
    {
        lock (_aggregator.Gate)
        {
            return _capture.ReadCounters(_sink, last);
        }
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "attached to {Cgroup}: {Hooks}; counting since {Milliseconds} ms after the start")]
        public static partial void Attached(ILogger logger, string cgroup, string hooks, long milliseconds);

        [LoggerMessage(2, LogLevel.Information, "replaying {File}; nothing of this host is captured")]
        public static partial void Replaying(ILogger logger, string file);
    }
}

/// <summary>The agent cannot run here; the message says why and what to do.</summary>
internal sealed class AgentStartException(string message) : Exception(message);

/// <summary>This build's version, "0.1.0".</summary>
internal static class AgentVersion
{
    public static string Text { get; } = typeof(AgentVersion).Assembly.GetName().Version?.ToString(3) ?? "0";
}
