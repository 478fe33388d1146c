using Google.Protobuf;
using Tendril.Protocol;

namespace Tendril.Benchmarks;

/// <summary>
/// A host as an agent reports it: 2,000 services, each listening on a port and calling five others. Reports are as large as an
/// agent's own, at most 64 KiB.
/// </summary>
internal sealed class IngestWorld(TimeProvider clock)
{
    public const int Services = 2_000;
    public const int Dependencies = Services * CallsEach;
    private const int CallsEach = 5;
    private const int DependenciesInReport = 400;
    private const ulong Namespace = 1;
    private static readonly ByteString Loopback = ByteString.CopyFrom(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1);
    private readonly Report[] _reports = [.. Enumerable.Range(0, Dependencies / DependenciesInReport).Select(CreateReport)];
    private ulong _sequence;

    /// <summary>Connections that each dependency has made: as many as passes over all of them.</summary>
    public long Passes { get; private set; }

    public Hello Hello() => new()
    {
        ProtocolVersion = 1,
        AgentVersion = "0.1.0",
        MachineId = "bench-machine",
        BootId = "bench-boot",
        Hostname = "bench-host",
        AgentStartUs = Now(),
        HostNetworkNamespace = Namespace,
        HostAddresses = { Loopback },
        Scope = "/",
    };

    /// <summary>All services and where they listen.</summary>
    public Report Everyone() => new()
    {
        Sequence = ++_sequence,
        FullBegin = true,
        FullEnd = true,
        TimeUs = Now(),
        Processes = { Enumerable.Range(0, Services).Select(CreateProcess) },
        Listeners = { Enumerable.Range(0, Services).Select(CreateListener) },
    };

    /// <summary>Every counter of every dependency grows, once; give them one after the other, as they are used again.</summary>
    public IEnumerable<Report> NextPass()
    {
        Passes++;
        foreach (var report in _reports)
        {
            report.Sequence = ++_sequence;
            report.TimeUs = Now();
            foreach (var dependency in report.Dependencies)
            {
                Grow(dependency, report.TimeUs);
            }

            yield return report;
        }
    }

    private static void Grow(Dependency dependency, ulong now)
    {
        var counters = dependency.Counters;
        counters.Opened++;
        counters.Closed++;
        counters.BytesSent += 2_000;
        counters.BytesReceived += 9_000;
        counters.RttCount++;
        counters.RttSumUs += 100;
        counters.RttBuckets[6]++;
        dependency.LastSeenUs = now;
        dependency.FirstSeenUs = dependency.FirstSeenUs == 0 ? now : dependency.FirstSeenUs;
    }

    private static Report CreateReport(int number) =>
        new() { Dependencies = { Enumerable.Range(number * DependenciesInReport, DependenciesInReport).Select(CreateDependency) } };

    private static Dependency CreateDependency(int number)
    {
        int from = number / CallsEach, distance = 1 + (number % CallsEach * 199);
        return new()
        {
            NetworkNamespace = Namespace,
            ProcessNumber = NumberOf(from),
            Role = Role.Client,
            Transport = Transport.Tcp,
            ServerAddress = Loopback,
            ServerPort = PortOf((from + distance) % Services),
            Counters = new() { RttBuckets = { new ulong[20] } },
        };
    }

    private static Process CreateProcess(int service) => new()
    {
        Number = NumberOf(service),
        Pid = 10_000 + NumberOf(service),
        StartTimeUs = 1,
        Comm = $"service-{service}",
        Exe = $"/usr/bin/service-{service}",
        Cgroup = "/user.slice",
        NetworkNamespace = Namespace,
        Alive = true,
        Instances = 1,
    };

    private static Listener CreateListener(int service) => new()
    {
        NetworkNamespace = Namespace,
        Address = Loopback,
        Port = PortOf(service),
        Transport = Transport.Tcp,
        ProcessNumber = NumberOf(service),
        Open = true,
        SinceUs = 1,
    };

    private static uint NumberOf(int service) => (uint)service + 1;

    private static uint PortOf(int service) => 10_000 + (uint)service;

    private ulong Now() => (ulong)clock.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
}
