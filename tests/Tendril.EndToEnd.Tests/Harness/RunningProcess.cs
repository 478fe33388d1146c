using System.Diagnostics;

namespace Tendril.EndToEnd.Tests.Harness;

/// <summary>A process that a test started, with all it printed.</summary>
internal sealed class RunningProcess : IAsyncDisposable
{
    private static readonly TimeSpan EndBound = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly TaskCompletionSource _printedAll = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _openStreams = 2;
    private bool _isDisposed;

    private RunningProcess(ProcessStartInfo start, string title)
    {
        Title = title;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Title { get; }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Memory that is in use now.</summary>
    public long ResidentMiB =>
        long.Parse(File.ReadLines($"/proc/{Id}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ')[^2], null) / 1024;

    public string Output
    {
        get
        {
            lock (_output)
            {
                return string.Join('\n', _output);
            }
        }
    }

    /// <param name="cgroup">Where it runs; null: where the tests run.</param>
    /// <param name="environment">Beside what the tests have, of which TENDRIL_ variables are left out.</param>
    public static RunningProcess Start(IEnumerable<string> command, TestCgroup? cgroup = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        string[] whole = cgroup is null
            ? [.. command]
            : ["sh", "-c", "echo $$ >\"$0\"/cgroup.procs && exec \"$@\"", cgroup.Directory, .. command];
        var start = new ProcessStartInfo(whole[0], whole[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("TENDRIL_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new RunningProcess(start, string.Join(' ', command));
    }

    /// <summary>Runs a command to its end, which must be a good one.</summary>
    /// <returns>What it printed.</returns>
    public static async Task<string> RunAsync(params string[] command)
    {
        await using var running = Start(command);
        await running.EndAsync();
        Assert.True(running.ExitCode == 0, $"{running.Title} ended with {running.ExitCode}:\n{running.Output}");
        return running.Output;
    }

    /// <summary>Waits for a line that begins so, or has it anywhere when <paramref name="anywhere"/>.</summary>
    public async Task<string> LineAsync(string beginning, bool anywhere = false, TimeSpan? bound = null)
    {
        string? found = null;
        await Wait.UntilAsync(
            () =>
            {
                found = Find(beginning, anywhere);
                Assert.False(found is null && HasEnded && _printedAll.Task.IsCompleted && Find(beginning, anywhere) is null, $"{Title} ended with {(HasEnded ? ExitCode : 0)} before it printed '{beginning}':\n{Output}");
                return found is not null;
            },
            () => $"'{beginning}' from {Title}, which printed:\n{Output}",
            bound);
        return found!;
    }

    public void WriteLine(string line = "") => _process.StandardInput.WriteLine(line);

    public void CloseInput() => _process.StandardInput.Close();

    public void Signal(int signal) => Signals.Send(Id, signal);

    /// <summary>Waits until it has ended and all it printed is here.</summary>
    public async Task EndAsync(TimeSpan? bound = null)
    {
        await Wait.UntilAsync(() => HasEnded && _printedAll.Task.IsCompleted, () => $"the end of {Title}, which printed:\n{Output}", bound);
    }

    /// <summary>Asks it to end, and ends it when it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (!HasEnded)
        {
            Signal(Signals.Terminate);
            using var patience = new CancellationTokenSource(EndBound);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Signal(Signals.Kill);
            }
        }

        _process.Dispose();
    }

    private string? Find(string text, bool anywhere)
    {
        lock (_output)
        {
            return _output.Find(line => anywhere ? line.Contains(text, StringComparison.Ordinal) : line.StartsWith(text, StringComparison.Ordinal));
        }
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            if (Interlocked.Decrement(ref _openStreams) == 0)
            {
                _printedAll.SetResult();
            }

            return;
        }

        lock (_output)
        {
            _output.Add(line);
        }
    }
}
