using System.Globalization;
using System.Text;
using Tendril.Agent.Capture;
using Tendril.Agent.Identity;
using Tendril.Agent.Privileges;
using Tendril.Bpf;

namespace Tendril.Agent.Doctor;

/// <summary>Finds out, by trying, what this kernel lets the agent do, and says what is lost without the rest.</summary>
internal static class Doctor
{
    private const int DetailColumn = 34;

    /// <summary>Tries everything and undoes it at once; nothing stays attached.</summary>
    /// <returns>The findings, the needed ones first.</returns>
    public static List<Finding> Examine(AgentOptions options)
    {
        LibBpfLog.Capture();
        var findings = new List<Finding> { Kernel(), Root() };
        var mount = CgroupMount.TryFind(out var mountProblem);
        findings.Add(mount is null
            ? new Finding("cgroup v2", Verdict.Missing, mountProblem)
            : new Finding("cgroup v2", Verdict.Works, $"mounted at {mount.Path}"));
        if (mount is not null)
        {
            findings.AddRange(Hooks(options, mount.Path));
        }

        findings.Add(Wire());
        return findings;
    }

    /// <summary>The findings as a table, one line each, and a verdict.</summary>
    public static string Render(IReadOnlyList<Finding> findings)
    {
        var text = new StringBuilder();
        foreach (var finding in findings)
        {
            var verdict = finding.Verdict switch { Verdict.Works => "yes", Verdict.Degraded => "NO", _ => "MISSING" };
            text.Append(CultureInfo.InvariantCulture, $"  {finding.Name,-22} {verdict,-8} ").AppendLine(Wrap(finding.Detail));
        }

        text.AppendLine();
        text.AppendLine(findings.Any(finding => finding.Verdict == Verdict.Missing)
            ? "The agent cannot run here: what is MISSING above is needed."
            : findings.Any(finding => finding.Verdict == Verdict.Degraded)
                ? "The agent runs here, with the limits named above."
                : "The agent runs here and sees everything it can see.");
        return text.ToString();
    }

    private static Finding Kernel() => new("kernel", Verdict.Works, File.ReadAllText("/proc/sys/kernel/osrelease").Trim());

    private static Finding Root()
    {
        const ulong ToAttach = Capabilities.Bpf | Capabilities.NetAdmin | Capabilities.Perfmon;
        ulong held = Capabilities.Effective();
        bool enough = (held & Capabilities.SysAdmin) != 0 || (held & ToAttach) == ToAttach;
        return enough
            ? new Finding("privileges", Verdict.Works, $"effective capabilities {held:x}")
            : new Finding("privileges", Verdict.Missing, $"effective capabilities {held:x}: run as root, or with {Capabilities.Needed}");
    }

    private static List<Finding> Hooks(AgentOptions options, string cgroup)
    {
        try
        {
            using var programs = KernelPrograms.Attach(options, cgroup);
            var findings = KernelPrograms.Hooks.Select(hook => new Finding(hook.Hook, Verdict.Works, "loads and attaches")).ToList();
            findings.AddRange(programs.Facts().Select(fact => new Finding(fact.Name, fact.IsThere ? Verdict.Works : Verdict.Degraded, fact.Detail)));
            findings.Add(Datagrams(programs, cgroup));
            findings.Add(Snapshot(programs));
            findings.Add(Open(programs));
            findings.Add(Unix(programs, cgroup));
            return findings;
        }
        catch (Exception exception) when (exception is BpfException or IOException)
        {
            return [new Finding("cgroup hooks", Verdict.Missing, exception.Message)];
        }
    }

    private static Finding Datagrams(KernelPrograms programs, string cgroup)
    {
        try
        {
            using var datagrams = DatagramPrograms.Attach(programs, cgroup, (in _, _) => { });
            datagrams.AttachToPackets(cgroup);
            return new Finding(DatagramPrograms.CapabilityName, Verdict.Works, "UDP is counted; DNS answers and TLS hellos name outside addresses");
        }
        catch (Exception exception) when (exception is BpfException or IOException)
        {
            return new Finding(DatagramPrograms.CapabilityName, Verdict.Degraded, $"{exception.Message.Split('\n')[0]}: {DatagramPrograms.Cost}");
        }
    }

    private static Finding Unix(KernelPrograms programs, string cgroup)
    {
        if (programs.Config.CanCopyKernelMemory == 0)
        {
            return new Finding(UnixSockets.CapabilityName, Verdict.Degraded, $"{UnixSockets.NoCopies}: {UnixSockets.Cost}");
        }

        try
        {
            using var snapshot = SocketSnapshot.Load(programs, datagrams: null, scope: null);
            using var sockets = UnixSockets.Attach(programs, snapshot, cgroup);
            return new Finding(UnixSockets.CapabilityName, Verdict.Works, "dependencies over Unix sockets are seen");
        }
        catch (Exception exception) when (exception is BpfException or IOException)
        {
            return new Finding(UnixSockets.CapabilityName, Verdict.Degraded, $"{exception.Message.Split('\n')[0]} (kernel 6.7): {UnixSockets.Cost}");
        }
    }

    private static Finding Snapshot(KernelPrograms programs)
    {
        if (!programs.KnowsKernelTypes)
        {
            return new Finding("socket iterators", Verdict.Degraded, $"they need BTF: {SocketSnapshot.Cost}");
        }

        try
        {
            using var snapshot = SocketSnapshot.Load(programs, datagrams: null, scope: null);
            return new Finding("socket iterators", Verdict.Works, "sockets from before the agent's start are found");
        }
        catch (BpfException exception)
        {
            return new Finding("socket iterators", Verdict.Degraded, $"{exception.Message.Split('\n')[0]}: {SocketSnapshot.Cost}");
        }
    }

    private static Finding Open(KernelPrograms programs)
    {
        try
        {
            using var open = OpenConnections.Load(programs);
            return new Finding(OpenConnections.CapabilityName, Verdict.Works, "what they carry is counted while they are open");
        }
        catch (BpfException exception)
        {
            return new Finding(OpenConnections.CapabilityName, Verdict.Degraded, $"{exception.Message.Split('\n')[0]}: {OpenConnections.Cost}");
        }
    }

    private static Finding Wire()
    {
        try
        {
            using var wire = WireCounter.Attach("lo");
            return new Finding("XDP (lo)", Verdict.Works, "optional, --xdp lo: TCP frames on the wire can be counted");
        }
        catch (Exception exception) when (exception is BpfException or IOException)
        {
            return new Finding("XDP (lo)", Verdict.Degraded, $"{exception.Message.Split('\n')[0]}: optional, --xdp counts frames on the wire");
        }
    }

    private static string Wrap(string detail) => detail.Replace("\n", "\n" + new string(' ', DetailColumn), StringComparison.Ordinal);
}

/// <summary>What one trial showed.</summary>
internal sealed record Finding(string Name, Verdict Verdict, string Detail);

internal enum Verdict
{
    Works,

    /// <summary>Not there; the agent runs without it.</summary>
    Degraded,

    /// <summary>Not there, and needed.</summary>
    Missing,
}
