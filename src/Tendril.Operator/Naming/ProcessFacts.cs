using System.Collections.Immutable;
using Tendril.Graph;

namespace Tendril.Operator.Naming;

/// <summary>What naming needs to know of the host that a process runs on.</summary>
/// <param name="Id">The machine id.</param>
/// <param name="Name">The host name.</param>
/// <param name="BootId">Changes with each boot.</param>
/// <param name="NetworkNamespace">Cookie of the agent's own network namespace, whose services are named without a namespace.</param>
/// <param name="Addresses">Unicast addresses of that namespace.</param>
/// <param name="AgentPid">The agent's own process.</param>
internal sealed record HostFacts(
    string Id, string Name, string BootId, ulong NetworkNamespace, ImmutableHashSet<NetAddress> Addresses, uint AgentPid)
{
    /// <summary>Tells hosts apart inside node ids: the start of the machine id, which is random from its first digit.</summary>
    public string ShortId => Id.Length > 12 ? Id[..12] : Id;

    /// <summary>What is known of this boot's other network namespaces.</summary>
    public NamespaceMarks Namespaces { get; init; } = new();

    /// <summary>The place in node ids of an address in a network namespace; the same address in another one is another place.</summary>
    public string NamespacePrefix(ulong networkNamespace) =>
        IsOwn(networkNamespace) ? ShortId : $"{ShortId}/{Namespaces.MarkOf(networkNamespace)}";

    /// <summary>The place in node ids of a process that is named by its program alone.</summary>
    public string PlaceOf(ProcessFacts process) => IsOwn(process.NetworkNamespace) ? ShortId : $"{ShortId}/{NamespaceMarks.Of(process)}";

    /// <summary>True for the namespace of the host itself, whose services are named without one.</summary>
    public bool IsOwn(ulong networkNamespace) => networkNamespace == 0 || networkNamespace == NetworkNamespace;
}

/// <summary>A process record as an agent reported it, bounded and cleaned.</summary>
internal sealed record ProcessFacts(
    uint Number, uint Pid, DateTimeOffset StartTime, string Comm, string Exe, ImmutableArray<string> Arguments, string Cgroup,
    ulong NetworkNamespace, bool Alive)
{
    /// <summary>What its environment calls the service; empty when it does not.</summary>
    public string ServiceName { get; init; } = "";

    /// <summary>What the agent could read of its container: "compose.service", "k8s.pod"; and "netns", the name of its network namespace.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>A label's value; null when there is none.</summary>
    public string? Label(string name) => Labels.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    /// <summary>A record compares its lists by reference; this compares what is in them.</summary>
    public bool IsSame(ProcessFacts other) =>
        this with { Arguments = other.Arguments, Labels = other.Labels } == other && Arguments.SequenceEqual(other.Arguments) && Labels.SequenceEqual(other.Labels);

    /// <summary>The executable's own name, or the kernel's name of the process where the executable could not be read.</summary>
    public string ExeName => ProgramName.Of(Exe) is { Length: > 0 } name ? name : Comm;
}

/// <summary>An endpoint that a process listens on.</summary>
internal readonly record struct ListeningEndpoint(NetAddress Address, ushort Port, Transport Transport)
{
    /// <summary>Where Linux's default ip_local_port_range begins: a port from there was handed out by the kernel and is another one after a restart.</summary>
    public const int FirstEphemeralPort = 32_768;

    /// <summary>
    /// The order in which a service is known by its endpoints. Reachable ones first: a port on loopback beside them is a helper's (metrics, a
    /// debugger). TCP before UDP, which is seldom what a service is known by.
    /// </summary>
    public (bool IsLoopback, bool IsUdp, ushort Port) Rank => (Address.IsLoopback, Transport != Transport.Tcp, Port);

    /// <summary>The endpoint that a service is known by; null when none of them outlives a restart.</summary>
    public static ListeningEndpoint? KnownBy(IEnumerable<ListeningEndpoint> listens) =>
        listens.Where(endpoint => endpoint.Port < FirstEphemeralPort).OrderBy(endpoint => endpoint.Rank).Cast<ListeningEndpoint?>().FirstOrDefault();
}
