using System.Collections.Concurrent;
using System.Collections.Immutable;
using Tendril.Graph;

namespace Tendril.Operator.Naming;

/// <summary>
/// Decides what a service is called. Strongest first: a rule, the place it runs in (<see cref="PlaceNaming"/>), the name in its
/// environment, the container's id, the program behind a listening endpoint, the program alone; for an endpoint without a known process a
/// rule, else the name by which the client knew it, else its address. A client that listens
/// nowhere is its program, never an ephemeral port.
/// </summary>
internal sealed class ServiceNaming(ServiceRegistry registry, OperatorProcess self, bool includeSelf)
{
    public const int MaxNameLength = 128;

    /// <summary>How a service is marked that its own environment names.</summary>
    public const string ByEnvironment = "OTEL_SERVICE_NAME";

    /// <summary>How a container is marked of which nothing but its id is known.</summary>
    public const string ByContainerId = "container id";

    private readonly ConcurrentDictionary<string, HostFacts> _hosts = new();

    /// <summary>Which addresses are a host's own. Written when an agent says Hello.</summary>
    public void Know(HostFacts host) => _hosts.AddOrUpdate(
        host.Id, host, (_, known) => known.BootId == host.BootId ? host with { Namespaces = known.Namespaces } : host);

    /// <summary>What is known of a host; null where its agent never said Hello.</summary>
    public HostFacts? HostOf(string hostId) => _hosts.GetValueOrDefault(hostId);

    /// <summary>Names a process by itself; processes that belong together are joined by <see cref="HostProcesses"/>.</summary>
    public ServiceIdentity Name(HostFacts host, ProcessFacts process, IReadOnlyCollection<ListeningEndpoint> listens)
    {
        var cgroup = CgroupPath.Parse(process.Cgroup);
        var service = Name(host, process, cgroup, listens);
        return service.Hidden ? service : service with { Namespace = service.Namespace ?? ServiceNamespace.Of(process, cgroup) };
    }

    private ServiceIdentity Name(HostFacts host, ProcessFacts process, in CgroupPath cgroup, IReadOnlyCollection<ListeningEndpoint> listens)
    {
        var program = Clean(ProgramName.Of(process));
        if (!includeSelf && IsSelf(host, process))
        {
            return new($"self/{host.ShortId}/{program}", program, "process", null, "process", Hidden: true);
        }

        var tier = ServiceRegistry.TierOf(program) ?? ServiceRegistry.TierOf(process.ExeName);
        var place = PlaceNaming.Name(host, process, cgroup, tier);
        if (!host.IsOwn(process.NetworkNamespace))
        {
            (_hosts.GetValueOrDefault(host.Id) ?? host).Namespaces.Learn(process, place?.Id);
        }

        if (registry.Find(host, process, program, listens) is { } rule)
        {
            return ByRule(rule, place?.Kind ?? (cgroup.ContainerId is null ? "process" : "container"), tier);
        }

        if (place is not null)
        {
            return place;
        }

        if (process.ServiceName.Length > 0)
        {
            var given = Clean(process.ServiceName);
            return new($"otel/{given}", given, cgroup.ContainerId is null ? "process" : "container", tier, ByEnvironment);
        }

        if (cgroup.ContainerId is { } container)
        {
            var shortId = container[..Math.Min(container.Length, 12)];
            return new($"container/{shortId}", $"{program}-{shortId}", "container", tier, ByContainerId)
            {
                Tags = new Dictionary<string, string> { ["container"] = container },
            };
        }

        var name = WithPort(program, process.ExeName, listens);
        return new($"process/{host.PlaceOf(process)}/{name}", name, "process", tier, "process");
    }

    /// <summary>Names an endpoint of which only the address is known.</summary>
    public ServiceIdentity NameUnresolved(UnresolvedEndpoint endpoint)
    {
        var isLocal = IsLocal(endpoint);
        if (registry.Find(endpoint, isLocal) is { } rule)
        {
            return ByRule(rule, isLocal ? "address" : "external", null);
        }

        if (!isLocal && OutsideName.Read(endpoint.ServerName) is { } outside)
        {
            return new($"external/{outside}", outside, "external", "external", endpoint.ServerNameSource == NameSource.Tls ? "TLS server name" : "DNS answer");
        }

        if (endpoint.Path is { } path)
        {
            var clean = string.Concat(path.Select(c => char.IsControl(c) ? '?' : c));
            return new($"address/{_hosts.GetValueOrDefault(endpoint.HostId)?.ShortId ?? endpoint.HostId}/unix/{clean}", clean, "address", null, "address");
        }

        var address = endpoint.Address.IsIPv4 || endpoint.Port is null ? endpoint.Address.ToString() : $"[{endpoint.Address}]";
        var name = endpoint.Port is null ? address : $"{address}:{endpoint.Port}";
        var wellKnown = endpoint.Port is { } port ? ServiceRegistry.NameOf(port) : null;
        IReadOnlyDictionary<string, string> tags = wellKnown is null
            ? ImmutableDictionary<string, string>.Empty : new Dictionary<string, string> { ["port"] = wellKnown };
        if (isLocal)
        {
            var host = _hosts.GetValueOrDefault(endpoint.HostId);
            var place = host?.NamespacePrefix(endpoint.NetworkNamespace) ?? endpoint.HostId;
            return new($"address/{place}/{name}", name, "address", null, "address") { Tags = tags };
        }

        return new($"external/{name}", name, "external", "external", "address") { Tags = tags };
    }

    private bool IsLocal(in UnresolvedEndpoint endpoint) =>
        endpoint.Path is not null || endpoint.Address.IsLoopback || endpoint.Address.IsUnspecified
        || (_hosts.TryGetValue(endpoint.HostId, out var host) && host.Addresses.Contains(endpoint.Address));

    private bool IsSelf(HostFacts host, ProcessFacts process) =>
        (process.Pid == host.AgentPid && process.Pid != 0) || (host.BootId == self.BootId && self.Is(process));

    private static ServiceIdentity ByRule(NamingRule rule, string kind, string? tier) =>
        new($"service/{rule.Name}", rule.Name, kind, rule.Tier ?? tier, "rule " + rule.Where) { Tags = rule.Tags, Namespace = rule.GivenNamespace };

    /// <summary>"python3:8001": the lowest port tells two servers of one program apart; a database on its own port needs none.</summary>
    private static string WithPort(string program, string exeName, IReadOnlyCollection<ListeningEndpoint> listens) =>
        ListeningEndpoint.KnownBy(listens) is not { } known
        || listens.Any(endpoint => ServiceRegistry.IsAtHome(program, endpoint.Port) || ServiceRegistry.IsAtHome(exeName, endpoint.Port))
            ? program : $"{program}:{known.Port}";

    /// <summary>Names come from strangers: control characters out, length bounded, never empty. A slash would look like a level of an id.</summary>
    internal static string Clean(string name)
    {
        var bounded = Ingest.IngestLimits.Cut(name, MaxNameLength);
        return bounded.Length == 0 ? "unknown" : string.Concat(bounded.Select(c => char.IsControl(c) || c == '/' ? '?' : c));
    }
}
