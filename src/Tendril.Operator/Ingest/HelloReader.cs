using System.Collections.Immutable;
using Grpc.Core;
using Tendril.Graph;
using Tendril.Operator.Naming;
using Tendril.Protocol;
using Tendril.Protocol.Credentials;
using static Tendril.Operator.Ingest.IngestLimits;

namespace Tendril.Operator.Ingest;

/// <summary>Checks the first message of an agent. What is wrong ends the call with the field and the remedy.</summary>
internal static class HelloReader
{
    public static (HostFacts Host, AgentStatus Status) Read(Hello hello, DateTimeOffset now)
    {
        if (hello.ProtocolVersion != ProtocolVersion)
        {
            var older = hello.ProtocolVersion < ProtocolVersion ? "agent" : "operator";
            throw new RpcException(new Status(StatusCode.FailedPrecondition,
                $"protocol_version: the agent {Cut(hello.AgentVersion, 64)} speaks version {hello.ProtocolVersion}, "
                + $"this operator {OperatorHelp.Version} speaks version {ProtocolVersion}; upgrade the {older}"));
        }

        Require(HostId.IsValid(hello.MachineId), "hello.machine_id", HostId.Expected);
        Require(hello.AgentStartUs > 0, "hello.agent_start_us", "microseconds since the Unix epoch; it tells runs of the agent apart");
        RequireCount(hello.Capabilities.Count, Capabilities, "hello.capabilities");
        RequireCount(hello.HostAddresses.Count, HostAddresses, "hello.host_addresses");
        var addresses = ImmutableHashSet.CreateBuilder<NetAddress>();
        foreach (var bytes in hello.HostAddresses)
        {
            Require(NetAddress.TryRead(bytes.Span, out var address), "hello.host_addresses", $"each is 16 bytes (IPv4 mapped into IPv6), not {bytes.Length}");
            addresses.Add(address);
        }

        var hostname = Clean(hello.Hostname) is { Length: > 0 } name ? name : hello.MachineId;
        var host = new HostFacts(hello.MachineId, hostname, Clean(hello.BootId), hello.HostNetworkNamespace, addresses.ToImmutable(), hello.AgentPid);
        var status = new AgentStatus(
            host.Id, host.Name, Clean(hello.AgentVersion), Clean(hello.KernelRelease), Connected: true, WireTime.Read(hello.AgentStartUs, now),
            now, Cut(hello.Scope, PathLength),
            [.. hello.Capabilities.Select(c => new AgentCapability(Clean(c.Name), c.Available, Cut(c.Detail, DetailLength), c.SinceUs == 0 ? null : WireTime.Read(c.SinceUs, now)))],
            0, 0, ImmutableSortedDictionary<string, long>.Empty, 0, []);
        return (host, status);
    }

    private static string Clean(string text) => string.Concat(Cut(text, NameLength).Select(c => char.IsControl(c) ? '?' : c));
}
