using System.Text.RegularExpressions;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Tendril.Agent.Capture;
using Tendril.Agent.Dependencies;
using Tendril.Agent.Export;
using Tendril.Agent.Identity;
using Tendril.Graph;
using Tendril.Operator;
using Tendril.Operator.Api;
using Tendril.Operator.Ingest;
using Tendril.Operator.Memory;
using Tendril.Operator.Metrics;
using Tendril.Operator.Naming;
using Tendril.Protocol;
using static Tendril.Fuzz.Target;

namespace Tendril.Fuzz.Targets;

/// <summary>What goes from the kernel to the graph: an agent's messages as the operator takes them, and recordings as the agent replays them.</summary>
internal static partial class StreamTargets
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeProvider Clock = new StandingClock();
    private static readonly OperatorOptions Options = new();
    private static readonly OperatorProcess NoOperator = new(null, 0, default, "");

    public static IReadOnlyList<Target> All { get; } =
    [
        new(
            "ingest", 4096, Ingest, "\x0A", "\x12", "\x1A", "\x22", "\x2A\x10", "\x32", "\x3A", "\x42", "\x4A", "\x52", "\x5A", "\x62", "\x10\x01", "\x18\x01", "\x20\x06", "\x20\x11", "\x20\x01", "\x18\x02", "\x80\x01", "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01",
            "\xFF\xFF\x03", "\x10\0\0\0\0\0\0\0\0\0\0\xFF\xFF\x7F\0\0\x01", "\x10\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", "\xED\xA0\x80", "\xF0\x9F\x98\x80", "k8s.pod", "compose.service", "/system.slice/a.service", "python3", "java", "-jar"),
        new(
            "recording", 8192, Replay, "tendril recording", "\x02\x10\0\0\0", "\x08\0\0\0\0", "\x0B\x04\0\0\0", "\x05\x48\0\0\0", "\0\0\0\0\0\0\0\0\0\0\xFF\xFF\x7F\0\0\x01", "\xFF\xFF\xFF\xFF", "\x01\x06", "\x02\x06", "\x01\x11", "\x01\0\0\0\0\0\0\0"),
    ];

    // Each message after its length, as a varint; the last may be cut. gRPC has its own framing, which is not ours.
    private static void Ingest(ReadOnlySpan<byte> input)
    {
        var stream = new CodedInputStream(input.ToArray());
        try
        {
            using var world = new OperatorWorld();
            world.Take(Messages(stream));
        }
        catch (InvalidProtocolBufferException)
        {
            // What gRPC refuses before anybody sees it.
        }
        catch (RpcException e)
        {
            Hold(e.StatusCode is StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.ResourceExhausted, e.Message);
            Hold(Refusal().IsMatch(e.Status.Detail), e.Status.Detail);
        }
    }

    private static IEnumerable<AgentMessage> Messages(CodedInputStream stream)
    {
        while (!stream.IsAtEnd)
        {
            var message = new AgentMessage();
            stream.ReadMessage(message);
            yield return message;
        }
    }

    private static void Replay(ReadOnlySpan<byte> input)
    {
        using var file = new MemoryStream(input.ToArray());
        try
        {
            using var recording = RecordingCapture.Open("a.tendril", file);
            var processes = new ProcessTable(recording, new CgroupPaths(null, Clock), Clock);
            var aggregator = new Aggregator(processes, new FlowEventQueue(), maxDependencies: 256, maxOfProcess: 64);
            using var world = new OperatorWorld();
            var sequence = 0ul;
            // Each reading ends with a frame of it, so there are fewer than bytes.
            for (var readings = 0; recording.ReadCounters(aggregator); readings++)
            {
                Hold(readings <= input.Length);
            }

            // What an agent makes of it is nothing that the operator refuses.
            world.Take(new[] { new AgentMessage { Hello = Hello() } }.Concat(aggregator.Full().Select(report => new AgentMessage { Report = Numbered(report, ++sequence) })));
        }
        catch (InvalidDataException e)
        {
            Hold(Damage().IsMatch(e.Message), e.Message);
        }
    }

    private static Report Numbered(Report report, ulong sequence)
    {
        var copy = report.Clone();
        copy.Sequence = sequence;
        return copy;
    }

    private static Hello Hello() => new() { ProtocolVersion = IngestLimits.ProtocolVersion, MachineId = "machine", Hostname = "alpha", AgentStartUs = 1, HostNetworkNamespace = 1 };

    [GeneratedRegex("^(?:a\\.tendril is damaged at byte [0-9]+: a (?:frame|text) .+|this is no Tendril recording; .+|recorded with format .+)$")]
    private static partial Regex Damage();

    [GeneratedRegex("^[a-z_]+(?:\\.[a-z_]+)*: .+", RegexOptions.Singleline)]
    private static partial Regex Refusal();

    private sealed class StandingClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => 1;
    }

    /// <summary>What an operator does with one agent's messages, on one thread and without a network.</summary>
    private sealed class OperatorWorld : IDisposable
    {
        private readonly Rejections _rejections = new();
        private readonly ServiceNaming _naming = new(new ServiceRegistry([]), NoOperator, includeSelf: false);
        private readonly AgentRegistry _agents;
        private readonly ReportReader _reports;
        private readonly DependencyGraph _graph;
        private readonly HostRuns _runs;
        private readonly AgentClock _agentClock = new();
        private readonly OperatorMemory _memory;
        private readonly IngestCounters _counters = new();
        private readonly IngestQueue _queue = new();
        private FlowFeed? _flows;
        private FlowObserver? _observer;

        public OperatorWorld()
        {
            _agents = new AgentRegistry(Options, _naming);
            _reports = new ReportReader(_rejections, new GraphClock(Clock));
            _graph = new DependencyGraph(new GraphOptions(), _naming.NameUnresolved, Clock.GetUtcNow());
            _runs = new HostRuns(_graph, _naming, _rejections, Options);
            _memory = new OperatorMemory(_graph, _runs, _agents, _naming, new Marks(), Options, Clock, NullLogger<OperatorMemory>.Instance);
        }

        public void Dispose() => _memory.Dispose();

        public void Take(IEnumerable<AgentMessage> messages)
        {
            AgentSession? session = null;
            try
            {
                foreach (var message in messages)
                {
                    if (session is null)
                    {
                        IngestLimits.Require(message.BodyCase == AgentMessage.BodyOneofCase.Hello, "hello", "first");
                        var (host, status) = HelloReader.Read(message.Hello, Now);
                        Hold(host.Id.Length <= 64 && host.Name.Length is > 0 and <= IngestLimits.NameLength && !host.Name.Any(char.IsControl), host.Name);
                        session = _agents.Open(host, status, message.Hello.AgentStartUs);
                    }
                    else if (message.Report is { } report)
                    {
                        Take(session, _reports.Read(report, _agentClock), report);
                    }
                    else if (message.FlowEvents is { } flows)
                    {
                        Take(session, flows);
                    }
                }
            }
            finally
            {
                session?.Dispose();
            }

            if (session is not null)
            {
                Publish();
            }
        }

        private void Take(AgentSession session, ReportBatch batch, Report report)
        {
            Hold(batch.Processes.Count <= report.Processes.Count && batch.Listeners.Count <= report.Listeners.Count && batch.Dependencies.Count <= report.Dependencies.Count);
            Hold(batch.Processes.Count + batch.Listeners.Count + batch.Dependencies.Count + _rejections.Counts.Values.Sum()
                >= report.Processes.Count + report.Listeners.Count + report.Dependencies.Count, "left out and not counted");
            Hold(batch.Processes.All(process => process.Comm.Length <= 64 && process.Exe.Length <= IngestLimits.PathLength && process.Cgroup.Length <= IngestLimits.PathLength
                && process.StartTime <= Now && process.Arguments.Length <= IngestLimits.Arguments && process.Labels.Count <= IngestLimits.Labels));
            Hold(batch.Dependencies.All(dependency => dependency.FirstSeen <= dependency.LastSeen && dependency.LastSeen <= Now));
            Hold(batch.Listeners.All(listener => listener.Since <= Now));
            _runs.Of(session).Apply(batch, 1);
            _agents.Update(session, batch, Now);
            session.Acknowledge(batch.Sequence);
        }

        private void Take(AgentSession session, FlowEvents flows)
        {
            IngestLimits.RequireCount(flows.Events.Count, IngestLimits.FlowEvents, "flow_events.events");
            _flows ??= new FlowFeed(_agents, _rejections, _naming, Options);
            _observer ??= _flows.TryJoin(new FlowFilter("", 0, Protocol.FlowKind.Unspecified, null));
            var run = _runs.Of(session);
            run.Learn(flows, Now);
            _flows.Publish(_runs, run, flows);
            while (_observer!.Flows.TryRead(out var flow))
            {
                // As `tendril observe` is told of it.
                Hold(new ObserveReply { Event = flow.Event, Client = flow.Client?.Name ?? "", Server = flow.Server?.Name ?? "" }.ToByteArray().Length > 0);
            }
        }

        private static bool IsWhole(string text)
        {
            foreach (var rune in text.EnumerateRunes())
            {
                // What stands for half a pair, and for itself.
                if (rune.Value == 0xFFFD && !text.Contains('\uFFFD'))
                {
                    return false;
                }
            }

            return true;
        }

        private void Publish()
        {
            _graph.Publish(Now);
            var graph = _graph.Current;
            OperatorTargets.HoldWhole(graph);
            foreach (var node in graph.Nodes)
            {
                Hold(node.Id.Length is > 0 and <= 1024 && node.Name.Length is > 0 and <= 512, node.Name);
                Hold(!node.Name.Any(char.IsControl) && !node.Id.Any(char.IsControl), node.Name);
            }

            Hold(graph.Nodes.All(node => IsWhole(node.Name) && IsWhole(node.Id) && node.Processes.All(process => IsWhole(process.Comm) && IsWhole(process.Exe))), "half a character");
            Hold(graph.Edges.All(edge => edge.ConnectionsOpened >= 0 && edge.ConnectionsActive >= 0 && edge.ConnectionsFailed >= 0 && edge.BytesSent >= 0 && edge.BytesReceived >= 0 && edge.Strength is >= 1 and <= 10));
            // As REST and Prometheus are told.
            var stats = new StatsSource(_graph, _agents, _queue, _counters, _rejections, _memory, Options, Clock);
            Hold(new GraphJsonCache().Graph(graph, stats.Stats(), Clock.GetUtcNow()).Length > 0);
            Hold(new GraphMetrics(_graph, stats, _counters, _rejections, _memory).Write().Length > 0);
            Hold(GraphFilter.Apply(graph, new GraphQuery(null, 1, DateTimeOffset.UnixEpoch, "json")) is { } part && part.Totals.Nodes == part.Nodes.Length);
        }
    }
}
