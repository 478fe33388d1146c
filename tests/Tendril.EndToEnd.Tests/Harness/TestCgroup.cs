using System.Globalization;

namespace Tendril.EndToEnd.Tests.Harness;

/// <summary>A cgroup of its own for one test, so that its graph holds what the test does and nothing else of this machine.</summary>
internal sealed class TestCgroup : IAsyncDisposable
{
    private static int _count;

    private TestCgroup(string name)
    {
        Name = name;
        Directory = Path.Combine(Mount!, name);
        System.IO.Directory.CreateDirectory(Directory);
    }

    /// <summary>Where cgroup v2 is mounted; null: nowhere.</summary>
    public static string? Mount { get; } = FindMount();

    /// <summary>Below the mount, as `--cgroup` takes it.</summary>
    public string Name { get; }

    public string Directory { get; }

    public static TestCgroup Create() => new($"tendril-test-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");

    public IReadOnlyList<int> Processes =>
        [.. File.ReadLines(Path.Combine(Directory, "cgroup.procs")).Select(line => int.Parse(line, CultureInfo.InvariantCulture)).Where(pid => pid != 0)];

    /// <summary>Ends whatever the test left running in it, and removes it.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var pid in Processes)
        {
            Signals.Send(pid, Signals.Terminate);
        }

        await EndAsync();
        System.IO.Directory.Delete(Directory);
    }

    // The list of processes leaves out those that are just ending, which keep the cgroup all the same.
    private bool IsPopulated => File.ReadLines(Path.Combine(Directory, "cgroup.events")).Contains("populated 1");

    private async Task EndAsync()
    {
        for (var looks = 0; IsPopulated; looks++)
        {
            if (looks == 200)
            {
                File.WriteAllText(Path.Combine(Directory, "cgroup.kill"), "1");
            }

            Assert.True(looks < 600, $"processes that do not end are left in {Directory}");
            await Task.Delay(50, CancellationToken.None);
        }
    }

    // 40 30 0:37 / /sys/fs/cgroup/unified rw,relatime shared:9 - cgroup2 cgroup2 rw
    private static string? FindMount() =>
        File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(" - "))
            .Where(parts => parts[1].StartsWith("cgroup2 ", StringComparison.Ordinal)).Select(parts => parts[0].Split(' ')[4]).FirstOrDefault();
}
