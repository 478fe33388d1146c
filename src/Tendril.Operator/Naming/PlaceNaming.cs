using Tendril.Graph;

namespace Tendril.Operator.Naming;

/// <summary>
/// Names a process by the place that somebody made for it and gave a name: a Kubernetes workload, a compose service, a container, a machine,
/// a systemd unit. Such a name outlives containers and processes.
/// </summary>
internal static class PlaceNaming
{
    /// <summary>The strongest of them; null where nothing has a name.</summary>
    public static ServiceIdentity? Name(HostFacts host, ProcessFacts process, in CgroupPath cgroup, string? tier) =>
        Kubernetes(host, process, cgroup, tier) ?? Compose(process, cgroup, tier) ?? Container(host, process, cgroup, tier)
        ?? Unit(host, cgroup, tier) ?? Machine(host, cgroup, tier);

    // Namespaces and workloads have their names in the whole cluster, so the host is not part of the id.
    private static ServiceIdentity? Kubernetes(HostFacts host, ProcessFacts process, in CgroupPath cgroup, string? tier)
    {
        if (process.Label("k8s.pod") is not { } pod)
        {
            return null;
        }

        var space = ServiceNaming.Clean(process.Label("k8s.namespace") ?? "default");
        var workload = ServiceNaming.Clean(WorkloadName.Of(pod, host.Name));
        var container = process.Label("k8s.container") is { } label && WorkloadName.IsSidecar(label) && label != workload ? ServiceNaming.Clean(label) : null;
        return new(
            container is null ? $"kubernetes/{space}/{workload}" : $"kubernetes/{space}/{workload}/{container}",
            container is null ? workload : $"{workload} ({container})", "kubernetes", tier, "Kubernetes workload")
        {
            Tags = Tags(("namespace", space), ("image", process.Label("container.image")), ("qos", cgroup.Qos)),
        };
    }

    // A project may run on several hosts, in a swarm it does.
    private static ServiceIdentity? Compose(ProcessFacts process, in CgroupPath cgroup, string? tier)
    {
        if (cgroup.ContainerId is null || process.Label("compose.service") is not { } label)
        {
            return null;
        }

        var (project, service) = (ServiceNaming.Clean(process.Label("compose.project") ?? "default"), ServiceNaming.Clean(label));
        return new($"compose/{project}/{service}", service, "container", tier, "compose service")
        {
            Tags = Tags(("project", project), ("image", process.Label("container.image"))),
        };
    }

    private static ServiceIdentity? Container(HostFacts host, ProcessFacts process, in CgroupPath cgroup, string? tier)
    {
        if (cgroup.ContainerId is null || process.Label("container.name") is not { } label)
        {
            return null;
        }

        var name = ServiceNaming.Clean(label);
        return new($"container/{host.ShortId}/{name}", name, "container", tier, "container name")
        {
            Tags = Tags(("container", cgroup.ContainerId), ("image", process.Label("container.image"))),
        };
    }

    // A machine (LXC, nspawn) is a host to what runs in it, and two of them may have the same unit.
    private static ServiceIdentity? Unit(HostFacts host, in CgroupPath cgroup, string? tier)
    {
        if (cgroup.Unit is not { } label)
        {
            return null;
        }

        var unit = ServiceNaming.Clean(label);
        var machine = cgroup.Machine is { } inside ? ServiceNaming.Clean(inside) : null;
        return new(machine is null ? $"systemd/{host.ShortId}/{unit}" : $"systemd/{host.ShortId}/{machine}/{unit}", unit, "systemd", tier, "systemd unit")
        {
            Tags = Tags(("machine", machine), ("slice", cgroup.Slice is null or "system" or "app" ? null : cgroup.Slice)),
        };
    }

    private static ServiceIdentity? Machine(HostFacts host, in CgroupPath cgroup, string? tier) =>
        cgroup.Machine is not { } label || cgroup.ContainerId is not null ? null
            : ServiceNaming.Clean(label) is var name ? new($"container/{host.ShortId}/{name}", name, "container", tier, "container name") : null;

    private static Dictionary<string, string> Tags(params ReadOnlySpan<(string Name, string? Value)> tags)
    {
        var result = new Dictionary<string, string>();
        foreach (var (name, value) in tags)
        {
            if (value is not null)
            {
                result[name] = value;
            }
        }

        return result;
    }
}
