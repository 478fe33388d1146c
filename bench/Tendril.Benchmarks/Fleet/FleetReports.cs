using Google.Protobuf;
using Tendril.Protocol;

namespace Tendril.Benchmarks.Fleet;

/// <summary>
/// Writes the reports of any host of a fleet, one at a time: the messages are used again, so that a thousand agents need no more of them than
/// are written at the same time.
/// </summary>
internal sealed class FleetReports
{
    public const ulong Namespace = 1;

    /// <summary>About 50 KB, as the agent's own.</summary>
    private const int DependenciesInReport = 400;

    private const int RttBuckets = 20;
    private readonly FleetWorld _world;
    private readonly FleetCounts _counts;
    private readonly Dependency[] _dependencies = [.. Enumerable.Range(0, DependenciesInReport).Select(_ => new Dependency
    {
        NetworkNamespace = Namespace,
        Role = Role.Client,
        Transport = Transport.Tcp,
        Counters = new() { RttBuckets = { new ulong[RttBuckets] } },
    })];

    private readonly Report _report = new();

    public FleetReports(FleetWorld world, FleetCounts counts) => (_world, _counts) = (world, counts);

    public static Hello Hello(int host, ulong startUs) => new()
    {
        ProtocolVersion = 1,
        AgentVersion = "0.1.0",
        MachineId = $"{host + 1:x32}"[^8..] + new string('f', 24),
        BootId = $"boot-{host}",
        Hostname = $"node-{host:d3}",
        KernelRelease = "6.1.0",
        AgentStartUs = startUs,
        AgentPid = 1,
        HostNetworkNamespace = Namespace,
        HostAddresses = { FleetNames.HostAddress(host) },
        Capabilities = { new Capability { Name = "sockops", Available = true } },
        Scope = "/",
    };

    /// <summary>All of a host, as of a second. Each report is good until the next is asked for.</summary>
    public IEnumerable<Report> Full(int host, long second, ulong startUs, ulong nowUs)
    {
        var report = Begin(nowUs);
        report.FullBegin = true;
        foreach (int service in _world.ServicesOf(host))
        {
            report.Processes.Add(FleetNames.Process(_world, service));
            if (!FleetWorld.IsClient(service))
            {
                report.Listeners.Add(Listener(service, startUs));
            }

            if (report.Processes.Count == DependenciesInReport)
            {
                yield return report;
                report = Begin(nowUs);
            }
        }

        foreach (var part in Dependencies(host, report, null, second, startUs, nowUs))
        {
            yield return part;
        }

        report = Begin(nowUs);
        report.FullEnd = true;
        yield return report;
    }

    /// <summary>What changed since a second. Each report is good until the next is asked for.</summary>
    public IEnumerable<Report> Changes(int host, long since, long second, ulong startUs, ulong nowUs) =>
        Dependencies(host, Begin(nowUs), since, second, startUs, nowUs);

    private IEnumerable<Report> Dependencies(int host, Report report, long? since, long second, ulong startUs, ulong nowUs)
    {
        var (first, end) = _world.EdgesOf(host);
        for (int edge = first; edge < end; edge++)
        {
            long tried = _counts.Tried(edge, second);
            if (since is { } before && tried == _counts.Tried(edge, before))
            {
                continue;
            }

            var dependency = _dependencies[report.Dependencies.Count];
            Write(dependency, edge, tried, startUs, nowUs);
            report.Dependencies.Add(dependency);
            if (report.Dependencies.Count == DependenciesInReport)
            {
                yield return report;
                report = Begin(nowUs);
            }
        }

        if (report.Dependencies.Count + report.Processes.Count > 0 || report.FullBegin)
        {
            yield return report;
        }
    }

    private Listener Listener(int service, ulong startUs) => new()
    {
        NetworkNamespace = Namespace,
        Address = FleetNames.HostAddress(_world.HostOf(service)),
        Port = _world.PortOf(service),
        Transport = Transport.Tcp,
        ProcessNumber = _world.NumberOf(service),
        Open = true,
        SinceUs = startUs,
    };

    private Report Begin(ulong nowUs)
    {
        _report.Processes.Clear();
        _report.Listeners.Clear();
        _report.Dependencies.Clear();
        (_report.FullBegin, _report.FullEnd, _report.TimeUs) = (false, false, nowUs);
        return _report;
    }

    private void Write(Dependency dependency, int number, long tried, ulong startUs, ulong nowUs)
    {
        var edge = _world.Edges[number];
        (dependency.ServerAddress, dependency.ServerPort) = Server(edge.Target);
        (dependency.ServerName, dependency.ServerNameSource) = edge.Target < _world.Services
            ? ("", NameSource.Unspecified) : (FleetNames.Outside(edge.Target - _world.Services), NameSource.Dns);
        (dependency.ProcessNumber, dependency.FirstSeenUs, dependency.LastSeenUs) = (_world.NumberOf(edge.Source), startUs, nowUs);
        var (opened, closed) = _counts.Established(number, tried);
        long failed = _counts.Failed(number, tried);
        (dependency.LastFailure, dependency.LastFailedUs) = failed > 0 ? (Failure.Refused, nowUs) : (Failure.Unspecified, 0);
        var counters = dependency.Counters;
        (counters.Opened, counters.Closed, counters.Failed, counters.Refused) = ((ulong)opened, (ulong)closed, (ulong)failed, (ulong)failed);
        counters.BytesSent = (ulong)opened * FleetCounts.BytesOfConnection(number) / 10;
        counters.BytesReceived = (ulong)opened * FleetCounts.BytesOfConnection(number);
        int bucket = FleetCounts.RttBucket(number);
        for (int i = 0; i < RttBuckets; i++)
        {
            counters.RttBuckets[i] = i == bucket ? (ulong)opened : i == bucket + 1 ? (ulong)opened / 8 : 0;
        }
    }

    private (ByteString Address, uint Port) Server(int service) => service < _world.Services
        ? (FleetNames.HostAddress(_world.HostOf(service)), _world.PortOf(service)) : (FleetNames.OutsideAddress(service - _world.Services), 443);

    /// <summary>A few connections that changed a second ago, as flow events.</summary>
    public FlowEvents Flows(int host, long second, ulong nowUs, int most)
    {
        var events = new FlowEvents();
        var (first, end) = _world.EdgesOf(host);
        int count = end - first;
        // Another place to begin at each second, or the first dependencies alone would be seen.
        int begin = count == 0 ? 0 : (int)(second * 31 % count);
        for (int i = 0; i < count && events.Events.Count < most; i++)
        {
            int number = first + ((begin + i) % count);
            if (_counts.Tried(number, second) != _counts.Tried(number, second - 1))
            {
                events.Events.Add(Flow(host, number, second, nowUs));
            }
        }

        return events;
    }

    private FlowEvent Flow(int host, int number, long second, ulong nowUs)
    {
        var edge = _world.Edges[number];
        var (address, port) = Server(edge.Target);
        bool isFailed = _counts.IsDown(number) || (_counts.IsFailing(number) && second % 2 == 0);
        return new()
        {
            TimeUs = nowUs,
            Kind = isFailed ? FlowKind.Failed : second % 3 == 0 ? FlowKind.Closed : FlowKind.Opened,
            Role = Role.Client,
            Transport = Transport.Tcp,
            NetworkNamespace = Namespace,
            LocalAddress = FleetNames.HostAddress(host),
            LocalPort = 32_768 + (uint)((number + second) % 28_000),
            RemoteAddress = address,
            RemotePort = port,
            ProcessNumber = _world.NumberOf(edge.Source),
            Pid = 1_000 + _world.NumberOf(edge.Source),
            Comm = FleetNames.Name(edge.Source) is var name ? name[..Math.Min(15, name.Length)] : "",
            BytesSent = FleetCounts.BytesOfConnection(number) / 10,
            BytesReceived = FleetCounts.BytesOfConnection(number),
            RttUs = isFailed ? 0 : 1u << FleetCounts.RttBucket(number),
            DurationUs = 1_000_000,
            Failure = isFailed ? Failure.Refused : Failure.Unspecified,
        };
    }
}
