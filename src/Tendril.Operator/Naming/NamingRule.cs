using System.Collections.Immutable;
using Tendril.Graph;

namespace Tendril.Operator.Naming;

/// <summary>Ports from <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
internal readonly record struct PortRange(ushort First, ushort Last)
{
    public bool Contains(int port) => port >= First && port <= Last;
}

/// <summary>One rule of the rules file: where all conditions that are given hold, the service has this name.</summary>
/// <param name="Where">"rules.yaml:12", for people who ask why something has this name.</param>
internal sealed record NamingRule(string Name, string? Tier, IReadOnlyDictionary<string, string> Tags, string Where)
{
    /// <summary>The namespace that the service is shown in; null: that of its process.</summary>
    public string? GivenNamespace { get; init; }

    public ImmutableArray<PortRange> Ports { get; init; } = [];

    public Glob? Process { get; init; }

    public Glob? Exe { get; init; }

    public Glob? Argument { get; init; }

    public Glob? Cgroup { get; init; }

    public Glob? Host { get; init; }

    /// <summary>The container's name, or that of the machine (LXC, nspawn).</summary>
    public Glob? Container { get; init; }

    public Glob? Image { get; init; }

    /// <summary>"project/service".</summary>
    public Glob? Compose { get; init; }

    /// <summary>The Kubernetes namespace.</summary>
    public Glob? Namespace { get; init; }

    public Glob? Pod { get; init; }

    /// <summary>OTEL_SERVICE_NAME of the process.</summary>
    public Glob? Otel { get; init; }

    public AddressRange? Address { get; init; }

    /// <summary>True for a process and what it listens on. Port and address must hold for the same endpoint.</summary>
    public bool Matches(HostFacts host, ProcessFacts process, string program, IReadOnlyCollection<ListeningEndpoint> listens) =>
        (Host is null || Host.Matches(host.Name))
        && (Process is null || Process.Matches(program) || Process.Matches(process.ExeName) || Process.Matches(process.Comm))
        && (Exe is null || Exe.Matches(process.Exe))
        && (Argument is null || process.Arguments.Any(Argument.Matches))
        && (Cgroup is null || Cgroup.Matches(process.Cgroup))
        && IsIn(process)
        && ((Ports.IsEmpty && Address is null) || listens.Any(endpoint => HasPort(endpoint.Port) && IsAt(endpoint.Address, host)));

    /// <summary>
    /// True for an endpoint of which only the address is known. Only rules with an address speak of those outside: a port alone would
    /// give everybody's port 8000 to one service. On the host itself a port is enough: whoever listens there would have this name.
    /// </summary>
    public bool Matches(in UnresolvedEndpoint endpoint, bool isLocal) =>
        !NeedsProcess
        && (Address is null ? isLocal && !Ports.IsEmpty : Address.Contains(endpoint.Address))
        && (Host is null || Host.Matches(endpoint.Hostname))
        && (Ports.IsEmpty || (endpoint.Port is { } port && HasPort(port)));

    private bool NeedsProcess => (Process ?? Exe ?? Argument ?? Cgroup ?? Container ?? Image ?? Compose ?? Namespace ?? Pod ?? Otel) is not null;

    private bool IsIn(ProcessFacts process) =>
        Fits(Container, process.Label("container.name") ?? (Container is null ? null : CgroupPath.Parse(process.Cgroup).Machine))
        && Fits(Image, process.Label("container.image"))
        && Fits(Compose, process.Label("compose.service") is { } service ? $"{process.Label("compose.project")}/{service}" : null)
        && Fits(Namespace, process.Label("k8s.namespace"))
        && Fits(Pod, process.Label("k8s.pod"))
        && Fits(Otel, process.ServiceName.Length > 0 ? process.ServiceName : null);

    private static bool Fits(Glob? pattern, string? text) => pattern is null || (text is not null && pattern.Matches(text));

    private bool HasPort(ushort port) => Ports.IsEmpty || Ports.Any(range => range.Contains(port));

    private bool IsAt(NetAddress address, HostFacts host) =>
        Address is null || Address.Contains(address) || (address.IsUnspecified && host.Addresses.Any(Address.Contains));
}
