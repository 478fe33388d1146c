using System.Text;

namespace Tendril.EndToEnd.Tests.Harness;

/// <summary>One test's own place on the real kernel: a cgroup, programs in it, an operator and an agent; all gone when it ends.</summary>
public abstract class KernelTest : IAsyncLifetime
{
    private readonly Stack<IAsyncDisposable> _started = new();
    private readonly List<Func<RunningProcess>> _logs = [];
    private TestCgroup? _cgroup;
    private DirectoryInfo? _directory;

    internal TestCgroup Cgroup => _cgroup!;

    /// <summary>For files; readable by everybody.</summary>
    protected string Folder => _directory!.FullName;

    public ValueTask InitializeAsync()
    {
        Requirements.Root();
        Requirements.CgroupVersion2();
        _cgroup = TestCgroup.Create();
        _directory = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), _cgroup.Name));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Ending();
        try
        {
            // The newest first: an agent before its operator, programs before their namespace.
            while (_started.TryPop(out var each))
            {
                await each.DisposeAsync();
            }
        }
        finally
        {
            if (_cgroup is not null)
            {
                await _cgroup.DisposeAsync();
            }

            _directory?.Delete(recursive: true);
            ShowLogs();
        }
    }

    internal async Task<OperatorProcess> StartOperatorAsync(params string[] arguments)
    {
        var started = Own(await OperatorProcess.StartAsync(arguments));
        _logs.Add(() => started.Process);
        return started;
    }

    internal async Task<AgentProcess> StartAgentAsync(OperatorProcess @operator, params string[] arguments)
    {
        var started = Own(await AgentProcess.StartAsync(Cgroup, @operator, arguments));
        _logs.Add(() => started.Process);
        return started;
    }

    /// <summary>The same at the pace of the agent's own defaults, under a command that changes its place if there is one.</summary>
    internal async Task<AgentProcess> StartAgentAtDefaultPaceAsync(TestCgroup cgroup, Uri @operator, IEnumerable<string> arguments, params string[] under)
    {
        var started = Own(await AgentProcess.StartAtDefaultPaceAsync(cgroup, @operator, arguments, under));
        _logs.Add(() => started.Process);
        return started;
    }

    internal async Task<(OperatorProcess Operator, AgentProcess Agent)> StartBothAsync(params string[] agentArguments)
    {
        var started = await StartOperatorAsync();
        return (started, await StartAgentAsync(started, agentArguments));
    }

    internal async Task<NetworkNamespace> AddNamespaceAsync(TestCgroup? cgroup = null) => Own(await NetworkNamespace.CreateAsync(cgroup));

    /// <summary>A server that listens; "127.0.0.1:0" takes a free port.</summary>
    internal async Task<Peer> ListenAsync(string name, string arguments, NetworkNamespace? within = null)
    {
        var process = StartPeer(name, "listen " + arguments, within);
        return new Peer(process, Peer.ReadPorts(await process.LineAsync("listening ")));
    }

    /// <summary>Makes short connections and tells, as "connected N failed N", how they went. The client stays, without a connection.</summary>
    internal async Task<string> ConnectAsync(string name, string arguments, NetworkNamespace? within = null)
    {
        var process = StartPeer(name, "connect " + arguments, within);
        return await process.LineAsync("connected ");
    }

    /// <summary>Makes connections and holds them open until it is released.</summary>
    internal async Task<Peer> HoldAsync(string name, string arguments, NetworkNamespace? within = null)
    {
        var process = StartPeer(name, "hold " + arguments, within);
        await process.LineAsync("holding ");
        return new Peer(process, []);
    }

    internal RunningProcess StartPeer(string name, string arguments, NetworkNamespace? within = null) => StartProgram(name, Repository.PeerProgram, arguments, within);

    /// <summary>Starts a program of Programs/ under a name, which is then its node's.</summary>
    internal RunningProcess StartProgram(string name, string file, string arguments, NetworkNamespace? within = null)
    {
        Requirements.Program("python3", "python3");
        var program = Path.Combine(Folder, name);
        if (!File.Exists(program))
        {
            File.CreateSymbolicLink(program, file);
        }

        return StartInside([Python, program, .. arguments.Split(' ')], within);
    }

    /// <summary>Runs a program inside the cgroup.</summary>
    internal RunningProcess StartInside(IEnumerable<string> command, NetworkNamespace? within = null, IReadOnlyDictionary<string, string>? environment = null) =>
        Own(RunningProcess.Start(within is null ? command : within.Enter.Concat(command), within?.Cgroup ?? Cgroup, environment));

    internal T Own<T>(T started)
        where T : IAsyncDisposable
    {
        _started.Push(started);
        return started;
    }

    /// <summary>The test has ended, well or not; everything it started still runs.</summary>
    protected virtual void Ending()
    {
    }

    // The system's own: what comes first in the PATH may be a script that starts another.
    private static string Python => File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    private void ShowLogs()
    {
        foreach (var log in _logs)
        {
            var text = new StringBuilder().Append("--- ").AppendLine(log().Title).Append(log().Output).ToString();
            TestContext.Current.TestOutputHelper?.WriteLine(text);
        }
    }
}
