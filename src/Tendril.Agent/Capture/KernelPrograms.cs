using System.Numerics;
using System.Reflection;
using Microsoft.Win32.SafeHandles;
using Tendril.Bpf;

namespace Tendril.Agent.Capture;

/// <summary>
/// The core object (bpf/connections.bpf.c), loaded and attached: connect4, connect6 and sockops on one cgroup, each by a link,
/// so that nothing stays attached when the agent dies.
/// </summary>
internal sealed class KernelPrograms : IDisposable
{
    /// <summary>The programs and the hooks they go to, all of them needed.</summary>
    public static readonly (string Program, string Hook)[] Hooks =
    [
        ("cgroup_connect_tracker", "cgroup/connect4"),
        ("cgroup_connect_tracker6", "cgroup/connect6"),
        ("sockops_tracker", "sockops"),
    ];

    private readonly List<BpfLink> _links = [];

    private KernelPrograms(BpfObject loaded) => Object = loaded;

    public BpfObject Object { get; }

    /// <summary>As it was set before the load.</summary>
    public TendrilConfig Config { get; private set; }

    /// <summary>The kernel's own types, which some facts are read from.</summary>
    public const string TypesCapability = "BTF";

    /// <summary>What is lost without them.</summary>
    public const string TypesCost =
        "why connects fail is not told, a pid that is used again within a second is taken for the former process, and a process may be called after one of its threads";

    /// <summary>The programs read the kernel's own types.</summary>
    public bool KnowsKernelTypes => Config.LeaderOffset != 0;

    /// <summary>How the programs know, in socket callbacks, whose they are.</summary>
    public const string ProcessCapability = "process of sockops";

    /// <summary>What is lost where only the connect hook knows.</summary>
    public const string ProcessCost =
        "this kernel does not tell socket callbacks whose system call it is (some helpers came after 6.12) and has no BTF: who listens is found in /proc, a moment later, and clients that use MPTCP are not seen";

    /// <summary>Telling network namespaces apart.</summary>
    public const string NamespaceCapability = "network namespaces";

    /// <summary>What is lost without.</summary>
    public const string NamespaceCost =
        "this kernel does not tell socket callbacks their network namespace (that came in 5.15) and has no BTF: all namespaces count as one, so that 127.0.0.1 in two of them is one place";

    /// <summary>The programs keep all connections in the hash map, which costs a little more for each.</summary>
    public bool IsWithoutCompareAndSwap { get; private init; }

    /// <summary>What this kernel tells them, each with what its absence costs, or how it is told.</summary>
    public IEnumerable<(string Name, string Detail, bool IsThere)> Facts()
    {
        yield return KnowsKernelTypes ? (TypesCapability, "failed connects have their reason, processes their start", true) : (TypesCapability, TypesCost, false);
        yield return Config.ProcessSource switch
        {
            ProcessSource.ByHelpers => (ProcessCapability, "told by helpers", true),
            ProcessSource.ByTask => (ProcessCapability, "read from the kernel's own task", true),
            _ => (ProcessCapability, ProcessCost, false),
        };
        yield return Config.NamespaceSource switch
        {
            NamespaceSource.ByCookie => (NamespaceCapability, "told apart by their cookies", true),
            NamespaceSource.ByNumber => (NamespaceCapability, "told apart by the numbers of their files", true),
            _ => (NamespaceCapability, NamespaceCost, false),
        };
    }

    /// <summary>What the agent tells the running programs.</summary>
    public ref TendrilControl Control => ref Object.Globals<TendrilControl>(ControlSection);

    /// <summary>The section of it, which all objects share.</summary>
    public const string ControlSection = ".data.control";

    // Every other object has them in its source too, and would be given empty ones of its own.
    private static readonly string[] SharedMaps =
        ["dependency_map", "process_map", "service_map", "pid_map", "cookie_map", "flow_map", "flow_events", "loss_map", ControlSection];

    /// <summary>CLOCK_MONOTONIC nanoseconds when all hooks were attached.</summary>
    public ulong AttachedNs { get; private set; }

    /// <exception cref="BpfException">The kernel refused; the message says what.</exception>
    /// <exception cref="IOException">The cgroup directory cannot be opened.</exception>
    public static KernelPrograms Attach(AgentOptions options, string cgroupDirectory)
    {
        var programs = Load(options);
        try
        {
            // A directory opened for reading is all that attaching needs.
            using var directory = OpenDirectory(cgroupDirectory);
            // sockops first: a connect that only the hooks before it saw would pass for one that never sent its SYN, and count as failed.
            foreach (var (program, _) in Enumerable.Reverse(Hooks))
            {
                programs._links.Add(programs.Object.AttachToCgroup(program, directory));
            }

            programs.AttachedNs = MonotonicClock.Nanoseconds();
            return programs;
        }
        catch
        {
            programs.Dispose();
            throw;
        }
    }

    // An old kernel may have BTF and yet refuse what uses it: then the programs do without.
    private static KernelPrograms Load(AgentOptions options)
    {
        var allowed = CallbackFeatures.Find();
        foreach (bool withBtf in (ReadOnlySpan<bool>)[true, false])
        {
            var programs = new KernelPrograms(OpenObject(allowed.CompareAndSwap ? "connections" : "connections-plain")) { IsWithoutCompareAndSwap = !allowed.CompareAndSwap };
            try
            {
                programs.Configure(options, allowed, withBtf);
                programs.Object.Load();
                return programs;
            }
            catch (BpfException exception) when (withBtf && exception.Errno is 13 or 22)
            {
                programs.Object.Dispose();
            }
            catch
            {
                programs.Object.Dispose();
                throw;
            }
        }

        throw new InvalidOperationException("unreachable: the second load returns or throws");
    }

    /// <summary>A compiled object that this binary carries: bpf/NAME.bpf.c.</summary>
    public static BpfObject OpenObject(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"{name}.bpf.o")
            ?? throw new InvalidOperationException($"this binary was built without {name}.bpf.o");
        var elf = new byte[stream.Length];
        stream.ReadExactly(elf);
        return BpfObject.Open(name, elf);
    }

    /// <summary>Another object, not loaded yet, that is configured as this one and uses its maps.</summary>
    /// <exception cref="BpfException">The two were not built from one source.</exception>
    public BpfObject OpenBeside(string name)
    {
        var opened = OpenObject(name);
        try
        {
            opened.InitialGlobals<TendrilConfig>(".rodata") = Config;
            foreach (var map in SharedMaps)
            {
                opened.ShareMap(map, Object);
            }

            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    public static SafeFileHandle OpenDirectory(string path)
    {
        int fd = NetworkNamespaces.OpenDirectory(path);
        return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw new IOException($"cannot open the cgroup directory {path}: it must exist and be a directory of the cgroup v2 tree");
    }

    public void Dispose()
    {
        foreach (var link in _links)
        {
            link.Dispose();
        }

        Object.Dispose();
    }

    private void Configure(AgentOptions options, CallbackFeatures allowed, bool withBtf)
    {
        ref var config = ref Object.InitialGlobals<TendrilConfig>(".rodata");
        if (config.Abi != TendrilConfig.ExpectedAbi)
        {
            throw new BpfException($"the BPF object speaks ABI {config.Abi}, this agent {TendrilConfig.ExpectedAbi}: build both from one source", 0);
        }

        config.SelfPid = options.IncludeSelf ? 0 : (uint)Environment.ProcessId;
        uint slots = BitOperations.RoundUpToPowerOf2((uint)options.MaxFlows);
        config.FlowMask = slots - 1;
        // A sixteenth is for what stands for many: each process's "others".
        config.FoldAbove = (uint)(options.MaxDependencies - Math.Max(options.MaxDependencies / 16, 4));
        config.FoldProcessAbove = (uint)options.MaxDependenciesPerProcess;
        bool knowsTypes = withBtf && (allowed.Task || allowed.CopyKernelMemory) && SetOffsets(ref config);
        config.CopiesKernelMemory = (byte)(allowed.Task ? 0 : 1);
        config.CanCopyKernelMemory = (byte)(allowed.CopyKernelMemory ? 1 : 0);
        config.HasCoarseClock = (byte)(allowed.CoarseClock ? 1 : 0);
        config.ProcessSource = allowed.Process ? ProcessSource.ByHelpers : knowsTypes ? ProcessSource.ByTask : ProcessSource.ByConnect;
        config.NamespaceSource = allowed.NamespaceCookie ? NamespaceSource.ByCookie : knowsTypes ? NamespaceSource.ByNumber : NamespaceSource.NotTold;
        Config = config;
        Object.SetMaxEntries("dependency_map", (uint)options.MaxDependencies);
        Object.SetMaxEntries("service_map", (uint)options.MaxListeners);
        Object.SetMaxEntries("pid_map", (uint)options.MaxConnecting);
        Object.SetMaxEntries("cookie_map", slots);
        Object.SetMaxEntries("flow_map", (uint)options.MaxFlows);
        Object.SetMaxEntries("flow_events", (uint)options.RingBytes);
    }

    private static bool SetOffsets(ref TendrilConfig config)
    {
        if (KernelBtf.OffsetsOf(
            ("sock", "sk_err"), ("sock", "sk_err_soft"),
            ("task_struct", "group_leader"), ("task_struct", "start_boottime"), ("task_struct", "comm"), ("task_struct", "pid"), ("task_struct", "tgid"),
            ("task_struct", "cgroups"), ("css_set", "dfl_cgrp"), ("cgroup", "kn"), ("kernfs_node", "id"),
            ("task_struct", "nsproxy"), ("nsproxy", "net_ns"), ("sock_common", "skc_net"), ("net", "ns"), ("ns_common", "inum"))
            is not { } at)
        {
            return false;
        }

        (config.ErrorOffset, config.SoftErrorOffset) = (at[0], at[1]);
        (config.LeaderOffset, config.StartOffset, config.CommOffset, config.PidOffset, config.TgidOffset) = (at[2], at[3], at[4], at[5], at[6]);
        (config.CgroupsOffset, config.DefaultCgroupOffset, config.CgroupNodeOffset, config.CgroupIdOffset) = (at[7], at[8], at[9], at[10]);
        // Every socket begins with its struct sock, and that with its struct sock_common.
        (config.NamespacesOffset, config.TaskNetOffset, config.SocketNetOffset, config.NetNumberOffset) = (at[11], at[12], at[13], at[14] + at[15]);
        return true;
    }
}
