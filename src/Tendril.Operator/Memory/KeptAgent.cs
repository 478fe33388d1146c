using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Tendril.Graph;
using Tendril.Operator.Ingest;
using Tendril.Operator.Naming;

namespace Tendril.Operator.Memory;

/// <summary>An agent and what naming knows of its host.</summary>
internal sealed record KeptAgent(AgentStatus Status, ulong RunStartMicros, KeptHost Host);

/// <summary>See <see cref="HostFacts"/>.</summary>
internal sealed record KeptHost(string BootId, ulong NetworkNamespace, ImmutableArray<string> Addresses, uint AgentPid, ImmutableArray<NamespaceMark> Marks)
{
    public static KeptHost Of(HostFacts host) =>
        new(host.BootId, host.NetworkNamespace, [.. host.Addresses.Select(address => address.ToString()).Order(StringComparer.Ordinal)], host.AgentPid, host.Namespaces.All);

    public HostFacts Facts(AgentStatus status)
    {
        var host = new HostFacts(status.HostId, status.Hostname, BootId, NetworkNamespace, [.. Addresses.Select(NetAddress.Parse)], AgentPid);
        host.Namespaces.Restore(Marks);
        return host;
    }
}

/// <summary>What few dependencies have, in one column.</summary>
internal sealed record DependencyMore(DependencyDetails? Details, DependencyPast? Past, FormerTarget? Former);

/// <summary>What is kept as JSON inside a column.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(KeptAgent))]
[JsonSerializable(typeof(DependencyMore))]
[JsonSerializable(typeof(EdgePast))]
[JsonSerializable(typeof(UnresolvedRow))]
[JsonSerializable(typeof(List<OwnerRow>))]
[JsonSerializable(typeof(List<RewrittenEndpoint>))]
[JsonSerializable(typeof(List<Downtime>))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class MemoryJson : JsonSerializerContext;
