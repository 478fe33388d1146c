using System.Diagnostics;
using System.Globalization;

namespace Tendril.Benchmarks;

/// <summary>A process that is started for a measurement and ended with it.</summary>
internal sealed class Child : IDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);
    private readonly Process _process;
    private readonly IReadOnlyList<string> _said;

    private Child(Process process, IReadOnlyList<string> said, string readyLine)
    {
        (_process, _said, ReadyLine) = (process, said, readyLine);
        AppDomain.CurrentDomain.ProcessExit += EndWithUs;
    }

    /// <summary>What it said when it was ready.</summary>
    public string ReadyLine { get; }

    /// <summary>Starts the agent and waits until its programs are attached.</summary>
    public static Child StartAgent(string path, params string[] args) => Start(path, args, "attached to");

    /// <summary>
    /// Starts Debian's tcplife with tracefs in a mount namespace of its own, and waits for its header. It writes line by line, as to a
    /// terminal; nobody but `cat` reads the rest, so that reading is not counted against it.
    /// </summary>
    public static Child StartTcplife() =>
        Start("unshare", ["-m", "bash", "-c", "mount -t tracefs tracefs /sys/kernel/tracing && exec stdbuf -oL tcplife > >(head -n 1; exec cat >/dev/null)"], "PID");

    /// <summary>Starts the operator and waits until it listens.</summary>
    public static Child StartOperator(string path, params string[] args) => Start(path, args, "rules");

    /// <summary>The first line it printed before it was ready that begins so.</summary>
    public string Said(string beginning) => _said.First(line => line.StartsWith(beginning, StringComparison.Ordinal));

    /// <summary>User and system CPU time so far.</summary>
    public (TimeSpan User, TimeSpan System) CpuTime()
    {
        const double TicksPerSecond = 100;
        var fields = File.ReadAllText($"/proc/{_process.Id}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return (TimeSpan.FromSeconds(long.Parse(fields[11], CultureInfo.InvariantCulture) / TicksPerSecond),
            TimeSpan.FromSeconds(long.Parse(fields[12], CultureInfo.InvariantCulture) / TicksPerSecond));
    }

    /// <summary>Resident memory now, in MiB.</summary>
    public double ResidentMib()
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(each => each.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= EndWithUs;
        using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            kill.WaitForExit();
        }

        if (!_process.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    // When the benchmark is ended from outside, nothing of it stays.
    private void EndWithUs(object? sender, EventArgs e) => Dispose();

    private static Child Start(string path, string[] args, string readyText)
    {
        var process = new Process { StartInfo = new ProcessStartInfo(path, args) { RedirectStandardOutput = true, RedirectStandardError = true } };
        using var ready = new ManualResetEventSlim();
        var said = new List<string>();
        string readyLine = "";
        void OnLine(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is null)
            {
                return;
            }

            if (!ready.IsSet)
            {
                said.Add(line.Data);
            }

            if (line.Data.Contains(readyText, StringComparison.Ordinal))
            {
                readyLine = line.Data;
                ready.Set();
            }
        }

        process.OutputDataReceived += OnLine;
        process.ErrorDataReceived += OnLine;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        bool isReady = ready.Wait(StartTimeout);
        var child = new Child(process, said, readyLine);
        if (!isReady)
        {
            child.Dispose();
            throw new InvalidOperationException($"{path} was not ready in {StartTimeout.TotalSeconds} s: {string.Join(" | ", said)}");
        }

        return child;
    }
}
