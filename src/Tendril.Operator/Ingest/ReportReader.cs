using System.Collections.Immutable;
using Tendril.Graph;
using Tendril.Protocol;
using static Tendril.Operator.Ingest.IngestLimits;
using Counters = Tendril.Protocol.Counters;
using NameSource = Tendril.Graph.NameSource;
using Role = Tendril.Protocol.Role;
using Transport = Tendril.Protocol.Transport;

namespace Tendril.Operator.Ingest;

/// <summary>Checks reports. Pure but for the count of rejected items; runs on the agent's own stream, not on the writer.</summary>
internal sealed class ReportReader(Rejections rejections, GraphClock clock)
{
    /// <summary>A dependency that began this recently is news: it may be an edge that nobody has seen.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(5);

    private static readonly DependencyDetails Nothing = new();

    public ReportBatch Read(Report report, AgentClock agent)
    {
        Require(report.Sequence > 0, "report.sequence", "grows by one from 1");
        RequireCount(report.Processes.Count, Processes, "report.processes");
        RequireCount(report.Listeners.Count, Listeners, "report.listeners");
        RequireCount(report.Dependencies.Count, Dependencies, "report.dependencies");
        RequireCount(report.WireCounts.Count, WireInterfaces, "report.wire_counts");
        RequireCount(report.ProgramRuns.Count, Programs, "report.program_runs");
        RequireCount(report.Losses?.CounterOverflows.Count ?? 0, OverflowMaps, "report.losses.counter_overflows");
        var time = agent.Read(report.TimeUs, clock.GetUtcNow());
        var batch = new ReportBatch(report.Sequence, report.FullBegin, report.FullEnd) { Losses = report.Losses, SelfCheck = SelfCheckOf(report.SelfCheck, time) };
        foreach (var process in report.Processes)
        {
            AddProcess(batch, process, time);
        }

        foreach (var listener in report.Listeners)
        {
            AddListener(batch, listener, time);
        }

        batch.Dependencies.EnsureCapacity(report.Dependencies.Count);
        foreach (var dependency in report.Dependencies)
        {
            AddDependency(batch, dependency, time);
        }

        batch.Wire.AddRange(report.WireCounts.Select(wire =>
            new AgentWire(Cut(wire.Interface, NameLength), Bounded(wire.Packets), Bounded(wire.Bytes), Bounded(wire.Connections))));
        batch.Programs.AddRange(report.ProgramRuns.Select(runs => new AgentProgram(Cut(runs.Program, NameLength), Bounded(runs.Runs), Bounded(runs.RunTimeNs))));
        batch.HasNews |= report.Processes.Count + report.Listeners.Count > 0 || report.FullEnd;
        return batch;
    }

    private static AgentSelfCheck? SelfCheckOf(SelfCheck? check, in ReportTime time)
    {
        if (check is null)
        {
            return null;
        }

        var (sockets, explained) = (Bounded(check.Sockets), Bounded(Math.Min(check.Explained, check.Sockets)));
        return new(time.Of(check.TimeUs), sockets, explained, sockets == 0 ? 1 : Math.Round((double)explained / sockets, 4));
    }

    /// <summary>True for 1 to 65535, and for 0 where there are no ports or all of them are meant; else counted.</summary>
    private bool IsPort(uint port, Transport transport, bool others = false) =>
        Check(transport == Transport.Unix ? port == 0 : port is > 0 and <= ushort.MaxValue || (others && port == 0), Rejections.Port);

    public static long Bounded(ulong count) => (long)Math.Min(count, long.MaxValue);

    private void AddProcess(ReportBatch batch, Process process, in ReportTime time)
    {
        if (!Check(process.Number > 0, Rejections.ProcessNumber))
        {
            return;
        }

        batch.Processes.Add(new(
            process.Number, process.Pid, time.Of(process.StartTimeUs), Cut(process.Comm, 64), Cut(process.Exe, PathLength),
            [.. process.Arguments.Take(Arguments).Select(argument => Cut(argument, ArgumentLength))],
            Cut(process.Cgroup, PathLength), process.NetworkNamespace, process.Alive)
        {
            ServiceName = Cut(process.ServiceName, NameLength),
            Labels = process.Labels.Where(label => label.Key.Length <= NameLength).Take(Labels)
                .ToImmutableSortedDictionary(label => label.Key, label => Cut(label.Value, NameLength), StringComparer.Ordinal),
        });
    }

    private void AddListener(ReportBatch batch, Listener listener, in ReportTime time)
    {
        if (Check(NetAddress.TryRead(listener.Address.Span, out var address), Rejections.Address)
            && IsPort(listener.Port, listener.Transport)
            && IsTransport(listener.Transport))
        {
            batch.Listeners.Add(new(
                NamespaceOf(listener.NetworkNamespace, listener.Transport), address, (ushort)listener.Port, (Tendril.Graph.Transport)listener.Transport, listener.ProcessNumber,
                listener.Open, time.Of(listener.SinceUs), Path(listener.Path, listener.Transport)));
        }
    }

    private void AddDependency(ReportBatch batch, Dependency dependency, in ReportTime time)
    {
        var peer = default(NetAddress);
        if (!Check(NetAddress.TryRead(dependency.ServerAddress.Span, out var server), Rejections.Address)
            || !IsPort(dependency.ServerPort, dependency.Transport, server.IsOthers)
            || !IsTransport(dependency.Transport)
            || !Check(dependency.Role is Role.Client or Role.Server, Rejections.Role)
            || !Check(dependency.Role == Role.Client || dependency.Transport == Transport.Unix || NetAddress.TryRead(dependency.PeerAddress.Span, out peer), Rejections.Address)
            || !Check(IsUsable(dependency.Counters), Rejections.Counters)
            || !Check(dependency.Counters.RttBuckets.Count is 0 or RttBuckets, Rejections.RttBuckets))
        {
            return;
        }

        var c = dependency.Counters;
        var last = time.Of(dependency.LastSeenUs);
        var first = time.Of(dependency.FirstSeenUs);
        batch.HasNews |= time.Now - first < Recent;
        batch.Dependencies.Add(new(
            new(NamespaceOf(dependency.NetworkNamespace, dependency.Transport), dependency.ProcessNumber, (Tendril.Graph.Role)dependency.Role, (Tendril.Graph.Transport)dependency.Transport,
                server, (ushort)dependency.ServerPort, peer, dependency.Generation),
            new((long)c.Opened, (long)c.Failed, (long)Math.Min(c.Closed, c.Opened), (long)c.BytesSent, (long)c.BytesReceived, (long)c.Retransmits, (long)Math.Min(c.Adopted, c.Opened)),
            first < last ? first : last, last,
            c.RttBuckets.Count == 0 || dependency.Transport != Transport.Tcp ? null : [.. c.RttBuckets.Select(count => (long)count)],
            DetailsOf(dependency, time),
            dependency.LastAttemptUs == 0 ? default : time.Of(dependency.LastAttemptUs)));
    }

    /// <summary>Null for the most, which have nothing of it.</summary>
    private static DependencyDetails? DetailsOf(Dependency dependency, in ReportTime time)
    {
        var c = dependency.Counters;
        var details = new DependencyDetails
        {
            Counters = new((long)c.Refused, (long)c.TimedOut, (long)c.Unreachable, (long)c.Abandoned, (long)c.DatagramsSent, (long)c.DatagramsReceived),
            ServerName = dependency.ServerName.Length is 0 or > NameLength ? null : dependency.ServerName,
            ServerNameSource = dependency.ServerName.Length is 0 or > NameLength ? NameSource.None : (NameSource)dependency.ServerNameSource,
            Path = Path(dependency.ServerPath, dependency.Transport),
            LastFailure = Enum.IsDefined(dependency.LastFailure) ? (FailureReason)dependency.LastFailure : FailureReason.Other,
            LastFailed = dependency.LastFailedUs == 0 ? null : time.Of(dependency.LastFailedUs),
        };
        return details == Nothing ? null : details;
    }

    /// <summary>A quarter of the range: sums over many dependencies stay inside 63 bits.</summary>
    private static bool IsUsable(Counters? c)
    {
        const ulong Most = 1UL << 48;
        return c is { Opened: <= Most, Failed: <= Most, Closed: <= Most, BytesSent: <= Most << 8, BytesReceived: <= Most << 8, Retransmits: <= Most }
            && c is { Refused: <= Most, TimedOut: <= Most, Unreachable: <= Most, Abandoned: <= Most, DatagramsSent: <= Most, DatagramsReceived: <= Most }
            && c.RttBuckets.All(count => count <= Most);
    }

    /// <summary>A path belongs to a file system, not to a network namespace: the same digest is the same socket all over its host.</summary>
    private static ulong NamespaceOf(ulong networkNamespace, Transport transport) => transport == Transport.Unix ? 0 : networkNamespace;

    private static string? Path(string path, Transport transport) =>
        path.Length == 0 || transport != Transport.Unix ? null : string.Concat(Cut(path, UnixPathLength).Select(c => char.IsControl(c) ? '?' : c));

    private bool IsTransport(Transport transport) => Check(transport is Transport.Tcp or Transport.Udp or Transport.Unix, Rejections.Transport);

    private bool Check(bool holds, string reason)
    {
        if (!holds)
        {
            rejections.Add(reason);
        }

        return holds;
    }
}
