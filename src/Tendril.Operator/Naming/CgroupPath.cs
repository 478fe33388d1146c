using System.Text.RegularExpressions;

namespace Tendril.Operator.Naming;

/// <summary>
/// What a cgroup path says of who runs in it, of v2 or of a v1 hierarchy. The innermost place counts: of a container in a container the
/// inner one, of a unit in a machine the machine's own unit.
/// </summary>
internal readonly partial record struct CgroupPath
{
    /// <summary>What the runtime calls the container, 64 hexadecimal digits with most; null outside a container.</summary>
    public string? ContainerId { get; init; }

    /// <summary>"docker", "containerd", "cri-o", "podman", "lxc", "machine", "nomad", "ecs", "garden", "mesos"; null where the path does not tell.</summary>
    public string? Runtime { get; init; }

    /// <summary>A pod's uid with dashes, or the 32 digits of a static pod.</summary>
    public string? PodUid { get; init; }

    /// <summary>"guaranteed", "burstable" or "besteffort" where there is a pod.</summary>
    public string? Qos { get; init; }

    /// <summary>
    /// A systemd service's name without ".service"; null where there is none, and for names that systemd made up for one start. Of a
    /// container only with Podman's "split" cgroups: then it is the unit that runs it.
    /// </summary>
    public string? Unit { get; init; }

    /// <summary>The innermost slice without ".slice".</summary>
    public string? Slice { get; init; }

    /// <summary>The name of a container that has one in its path: LXC, Incus, systemd-nspawn, libvirt, a Nomad task.</summary>
    public string? Machine { get; init; }

    public static CgroupPath Parse(string path)
    {
        var place = default(CgroupPath);
        var above = "";
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries).SelectMany(Divide))
        {
            place = place.Enter(part, above);
            above = part;
        }

        return place.PodUid is not null && place.Qos is null ? place with { Qos = "guaranteed" } : place;
    }

    /// <summary>containerd without its systemd driver writes "kubepods-pod1.slice:cri-containerd:ID" as one name.</summary>
    private static string[] Divide(string part) => part.Contains(".slice:", StringComparison.Ordinal) ? part.Split(':') : [part];

    private CgroupPath Enter(string part, string above) =>
        Container(part, above) ?? Named(part, above) ?? Pod(part) ?? Systemd(part);

    private CgroupPath? Container(string part, string above)
    {
        if (ContainerName().Match(part) is not { Success: true } match)
        {
            return above is "garden" or "mesos" && OpaqueId().IsMatch(part)
                ? this with { ContainerId = part, Runtime = above, Unit = null } : null;
        }

        var prefix = match.Groups["prefix"].Value;
        if (prefix.Contains("conmon", StringComparison.Ordinal))
        {
            // The runtime's own monitor, which is not in the container.
            return this;
        }

        var runtime = prefix switch
        {
            "docker" => "docker",
            "cri-containerd" or "containerd" or "nerdctl" => "containerd",
            "crio" => "cri-o",
            "libpod" or "libpod-payload" => "podman",
            _ => above is "docker" or "actions_job" ? "docker" : Runtime == "ecs" ? "ecs" : above == "cri-containerd" ? "containerd" : null,
        };
        return this with { ContainerId = match.Groups["id"].Value, Runtime = runtime, Unit = prefix == "libpod-payload" ? Unit : null };
    }

    private CgroupPath? Named(string part, string above)
    {
        if (above == "ecs" || part == "ecs")
        {
            // /ecs/<task>/<container>; the task's id may look like a container's.
            return this with { Runtime = "ecs" };
        }

        if (part.StartsWith("lxc.payload.", StringComparison.Ordinal))
        {
            return InMachine("lxc", WithoutScope(part["lxc.payload.".Length..]));
        }

        if (above is "lxc" or "lxc.payload")
        {
            return InMachine("lxc", part);
        }

        if (MachineScope().Match(part) is { Success: true } machine)
        {
            return InMachine("machine", Unescape(machine.Groups[1].Value));
        }

        // The part above need not be the unit, nor be whole in it: anybody may call a cgroup so.
        const string Nspawn = "systemd-nspawn@";
        if (above.StartsWith(Nspawn, StringComparison.Ordinal) && part == "payload" && Unit is { } unit && unit.StartsWith(Nspawn, StringComparison.Ordinal))
        {
            return InMachine("machine", unit[Nspawn.Length..]);
        }

        return NomadScope().Match(part) is { Success: true } task ? InMachine("nomad", Unescape(task.Groups[1].Value)) : null;
    }

    private CgroupPath InMachine(string runtime, string name) =>
        new() { Runtime = runtime, Machine = name, Slice = Slice };

    private CgroupPath? Pod(string part)
    {
        if (PodName().Match(part) is not { Success: true } match)
        {
            return part is "burstable" or "besteffort" ? this with { Qos = part } : null;
        }

        var qos = match.Groups["qos"] is { Success: true } group ? group.Value : Qos;
        return this with { PodUid = match.Groups["uid"].Value.Replace('_', '-'), Qos = qos, Slice = SliceOf(part) ?? Slice };
    }

    private CgroupPath Systemd(string part)
    {
        if (SliceOf(part) is { } slice)
        {
            return this with { Slice = slice };
        }

        return part.EndsWith(".service", StringComparison.Ordinal) && !part.StartsWith("user@", StringComparison.Ordinal) && ContainerId is null
            ? this with { Unit = UnitOf(part[..^".service".Length]) } : this;
    }

    private static string? SliceOf(string part) => part.EndsWith(".slice", StringComparison.Ordinal) ? Unescape(part[..^".slice".Length]) : null;

    /// <summary>What stays the same at each start of a unit: systemd puts numbers into the names of those it makes itself.</summary>
    private static string? UnitOf(string unit)
    {
        if (TransientUnit().IsMatch(unit))
        {
            return null;
        }

        var match = NumberedUnit().Match(unit);
        return Unescape(match.Success ? match.Groups["name"].Value : unit);
    }

    private static string WithoutScope(string name) => name.EndsWith(".scope", StringComparison.Ordinal) ? name[..^".scope".Length] : name;

    /// <summary>systemd writes "-" in unit names as "\x2d".</summary>
    private static string Unescape(string unit) =>
        Escape().Replace(unit, match => ((char)Convert.ToByte(match.Groups[1].Value, 16)).ToString());

    // docker-<id>.scope, cri-containerd-<id>.scope, crio-<id>.scope, libpod-<id>.scope (systemd driver); <id> alone (cgroupfs driver);
    // <32 digits>-<number> on ECS Fargate.
    [GeneratedRegex(@"^(?:(?<prefix>[a-z][a-z-]*)-)?(?<id>[0-9a-f]{64})(?:\.scope)?$|^(?<id>[0-9a-f]{32}-[0-9]{6,12})$")]
    private static partial Regex ContainerName();

    [GeneratedRegex("^[0-9a-f]{8}(?:-[0-9a-f]{4,12}){3,4}$")]
    private static partial Regex OpaqueId();

    // libvirt puts its driver and a number of its own before the machine's name.
    [GeneratedRegex(@"^machine-(?:(?:qemu|lxc)\\x2d[0-9]+\\x2d)?(.+)\.scope$")]
    private static partial Regex MachineScope();

    [GeneratedRegex(@"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\.(.+)\.scope$")]
    private static partial Regex NomadScope();

    // pod<uid> (cgroupfs driver); kubepods-burstable-pod<uid>.slice, perhaps below a root of the kubelet's own (systemd driver).
    [GeneratedRegex(@"^(?:[a-z-]*kubepods-(?:(?<qos>burstable|besteffort)-)?)?pod(?<uid>[0-9a-f]{8}(?:[-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?$")]
    private static partial Regex PodName();

    // What systemd-run calls a command that was given no name.
    [GeneratedRegex(@"^run-(?:r[0-9a-f]{16,32}|u[0-9]+|p[0-9]+-i[0-9]+|[0-9]+)$")]
    private static partial Regex TransientUnit();

    // sshd@3-10.0.0.1:22-10.0.0.2:51234 (one for each connection), app-gnome-org.gnome.Evince@123 (a desktop's program), dbus-:1.2-org.x@0.
    [GeneratedRegex(@"^(?<name>[^@]+)@[0-9]+-(?:.+:[0-9]+-.+:[0-9]+|[0-9]+-[0-9]+)(?:-.*)?$|^app-(?:[a-z]+-)?(?<name>[^@-]+)@[^@]+$|^dbus-:[0-9.]+-(?<name>[^@]+)@[0-9]+$")]
    private static partial Regex NumberedUnit();

    [GeneratedRegex(@"\\x([0-9a-f]{2})")]
    private static partial Regex Escape();
}
