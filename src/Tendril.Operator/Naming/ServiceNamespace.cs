using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Tendril.Operator.Naming;

/// <summary>
/// What a process belongs to beyond its service, as people made it: a Kubernetes namespace, a compose project, a machine, a systemd slice. A map of
/// thousands of services is grouped by it; no id is made of it.
/// </summary>
internal static partial class ServiceNamespace
{
    // systemd's own tell how something was started, and the kubelet's hold pods whose namespace could not be read.
    private static readonly FrozenSet<string> SaysNothing =
        new[] { "", "system", "user", "app", "session", "background", "init", "kubepods", "kubelet" }.ToFrozenSet();

    /// <summary>The strongest of them; null where there is none.</summary>
    public static string? Of(ProcessFacts process, in CgroupPath cgroup) =>
        (process.Label("k8s.namespace") ?? (process.Label("k8s.pod") is null ? null : "default")
            ?? process.Label("compose.project") ?? MachineOf(cgroup) ?? SliceOf(cgroup)) is { } name ? ServiceNaming.Clean(name) : null;

    // A machine is a host to what runs in it; a Nomad task is not.
    private static string? MachineOf(in CgroupPath cgroup) => cgroup.Runtime is "lxc" or "machine" ? cgroup.Machine : null;

    /// <summary>The name of a slice begins with the names of those it is in: "user-1000" is in "user", "system-postgresql" in "system".</summary>
    private static string? SliceOf(in CgroupPath cgroup) =>
        cgroup.Slice is { } slice && !SaysNothing.Contains(slice.Split('-')[0]) && !MadeUp().IsMatch(slice) ? slice : null;

    /// <summary>An id in it (a Podman pod's) is another one each time.</summary>
    [GeneratedRegex("[0-9a-f]{12}")]
    private static partial Regex MadeUp();
}
