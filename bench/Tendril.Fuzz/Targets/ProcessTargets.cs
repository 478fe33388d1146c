using System.Text;
using Tendril.Agent.Identity;
using Tendril.Operator.Naming;
using static Tendril.Fuzz.Target;
using ProcessFacts = Tendril.Operator.Naming.ProcessFacts;

namespace Tendril.Fuzz.Targets;

/// <summary>What /proc, cgroups and container runtimes say of processes, read by the agent and then by the operator.</summary>
internal static class ProcessTargets
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string Uid = "3b1f8a92-6c1d-4f0e-9f3a-1c2d3e4f5a6b";

    public static IReadOnlyList<Target> All { get; } =
    [
        new("proc-stat", 1024, Stat, "(", ")", ") S ", ") Z ", " 1 ", " 18446744073709551615 ", " -1 ", "99999999999999999999"),
        new(
            "proc-cmdline", 2048, CommandLine, "\0", "python3", "/usr/bin/java", "-jar", "-m", "-c", "node", "dotnet", "exec", "run", "busybox", "redis-check-rdb", "beam.smp",
            "-sname", "gunicorn", "celery", "-A", "bundle", "exec", "[celeryd:", "(", ")", "[", "]", ".jar", "-1.0.0", "-SNAPSHOT", ".RELEASE", ".dll", ".py", "--app=", "=", "@",
            "://", "nginx: worker process", ".", "-wrapped", " (deleted)", "\u00C3\u00A4"),
        new(
            "proc-environ", 2048, Environ, "OTEL_SERVICE_NAME=", "OTEL_RESOURCE_ATTRIBUTES=", "service.name=", ",", "%20", "%FF", "%", "unknown_service:java", " ", "\0"),
        new("proc-mountinfo", 2048, MountInfo, " - ", "cgroup2", "cgroup", " / ", "/sys/fs/cgroup", "rw", "ro", ",", "\\040", "\\134", "\\777", "\n", " "),
        new(
            "cgroup", 1024, Cgroup, "0::/", "1:name=systemd:/", "4:memory:/", "cpu,cpuacct:", " (deleted)", "\n", "/", ".slice", ".scope", ".service", "docker-", "libpod-", "conmon-",
            "crio-", "cri-containerd-", ".slice:cri-containerd:", Id, Id[..32] + "-123456", "kubepods", "-besteffort", "-burstable", "pod", Uid, Uid.Replace('-', '_'), "machine-", "qemu\\x2d1\\x2d",
            "\\x2d", "lxc", "lxc.payload.", "ecs", "garden", "mesos", "systemd-nspawn@", "payload", "app-", "gnome-", "@", "run-", "u42", "dbus-:1.2-", "@0-", ":1-", "sshd@3-10.0.0.1:22-10.0.0.2:51234",
            "actions_job", Uid + ".web.scope", "user@1000.service"),
        new(
            "container-file", 2048, Container, "{", "}", "[", "]", ":", ",", "\"", "\\u0000", "\\ud800", "\"Name\":", "\"Config\":", "\"Labels\":", "\"annotations\":", "\"Image\":", "\"id\":",
            "\"names\":", "\"metadata\":", "\"com.docker.compose.service\":", "\"com.docker.swarm.service.name\":", "\"com.docker.stack.namespace\":", "\"image-name\":", "\"{\\\"image-name\\\":\\\"x\\\"}\"", "null", "1e9"),
    ];

    private static void Stat(ReadOnlySpan<byte> text)
    {
        if (ProcReader.TryParseStat(text, out _, out _, out var comm))
        {
            Hold(comm.Length <= text.Length);
            var packed = ProcReader.Pack(comm);
            Hold(ProcReader.Pack(comm[..Math.Min(comm.Length, 15)]) == packed);
            Hold(ProcReader.Unpack(packed).Length <= 15);
        }
    }

    // A byte of switches, the executable's path up to a NUL, the command line.
    private static void CommandLine(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty || input[1..].IndexOf((byte)0) is not (>= 0 and var end))
        {
            return;
        }

        var (cut, words) = ((input[0] & 1) != 0, (input[0] & 2) != 0);
        var exe = Encoding.UTF8.GetString(input.Slice(1, end));
        var line = input[(end + 2)..];
        var kept = NamingArguments.Keep(exe, line, cut, words);
        Hold(kept.Length <= 3);
        foreach (var argument in kept)
        {
            // What SECURITY.md promises of command lines.
            Hold(argument.Length is > 0 and <= 256, argument);
            Hold(!argument.Contains('=') && !argument.Contains('@') && !argument.Contains("://", StringComparison.Ordinal), argument);
            Hold(!argument.Any(char.IsControl), argument);
        }

        Name(exe, kept);
        // An agent that is not ours may send all of it.
        Name(exe, [.. Encoding.UTF8.GetString(line).Split('\0').Take(64)]);
    }

    private static void Name(string exe, string[] arguments)
    {
        var process = Facts(exe, arguments, "");
        var name = ServiceNaming.Clean(ProgramName.Of(process));
        Hold(name.Length is > 0 and <= ServiceNaming.MaxNameLength && !name.Any(c => char.IsControl(c) || c == '/'), name);
        ProgramName.HasWrittenTitle(process);
    }

    private static void Environ(ReadOnlySpan<byte> environment)
    {
        var name = ServiceNameVariable.Find(environment);
        Hold(Encoding.UTF8.GetByteCount(name) <= ServiceNameVariable.MaxBytes);
        Hold(!name.Any(c => char.IsControl(c) || c == '\uFFFD') && !name.StartsWith("unknown_service", StringComparison.Ordinal), name);
    }

    private static void MountInfo(ReadOnlySpan<byte> text)
    {
        var mount = CgroupMount.Find(Encoding.UTF8.GetString(text), Encoding.UTF8.GetString(text), out var error);
        Hold((mount is null) == (error.Length > 0));
        if (mount is not null)
        {
            Hold(mount.DirectoryOf("/") == mount.Path && mount.DirectoryOf("/a/").EndsWith("/a", StringComparison.Ordinal));
        }
    }

    private static void Cgroup(ReadOnlySpan<byte> input)
    {
        var text = Encoding.UTF8.GetString(input);
        var path = ProcessCgroup.Find(text);
        Hold(text.Contains(path, StringComparison.Ordinal) && path.Length <= text.Length);
        var id = ProcessCgroup.ContainerId(path);
        Hold(id.Length == 0 || (id.Length == 64 && id.All(char.IsAsciiHexDigitLower)), id);
        Place(path);
        // An agent that is not ours may send any path.
        Place(text);
    }

    private static void Place(string path)
    {
        var place = CgroupPath.Parse(path);
        Hold(place.ContainerId is null || (place.ContainerId.Length <= 64 && path.Contains(place.ContainerId, StringComparison.Ordinal)));
        Hold(place.Qos is null or "guaranteed" or "burstable" or "besteffort");
        Hold(place.Unit is null || place.Unit.Length <= path.Length);
        Hold(place.Machine is null || place.Machine.Length <= path.Length);
        var space = ServiceNamespace.Of(Facts("/usr/bin/x", [], path), place);
        Hold(space is null || (space.Length is > 0 and <= ServiceNaming.MaxNameLength && !space.Any(char.IsControl)));
    }

    private static void Container(ReadOnlySpan<byte> json)
    {
        foreach (var labels in new[] { ContainerFile.Read(json), ContainerFile.ReadFromList(json, "web") })
        {
            Hold(labels.Count <= 16 && labels.All(label => label.Key.Contains('.') && label.Value.Length <= 253 && !label.Value.Any(char.IsControl)));
        }
    }

    private static ProcessFacts Facts(string exe, string[] arguments, string cgroup) =>
        new(1, 2, DateTimeOffset.UnixEpoch, "comm", exe, [.. arguments], cgroup, 0, true);
}
