using System.Globalization;

namespace Tendril.Benchmarks;

/// <summary>A cgroup for this process, so that an agent on it sees what it does in there and nothing else of the machine. Needs root.</summary>
internal sealed class BenchCgroup : IDisposable
{
    private const string Unified = "0::";

    // 40 30 0:37 / /sys/fs/cgroup/unified rw,relatime shared:9 - cgroup2 cgroup2 rw
    private static readonly string Mount = File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(" - "))
        .Where(parts => parts[1].StartsWith("cgroup2 ", StringComparison.Ordinal)).Select(parts => parts[0].Split(' ')[4]).First();

    private static readonly string Before =
        File.ReadLines("/proc/self/cgroup").First(line => line.StartsWith(Unified, StringComparison.Ordinal))[Unified.Length..].TrimStart('/');

    public BenchCgroup(string name)
    {
        Name = $"tendril-bench-{Environment.ProcessId}-{name}";
        System.IO.Directory.CreateDirectory(Directory);
    }

    /// <summary>Below the mount, as `--cgroup` takes it.</summary>
    public string Name { get; }

    public string Directory => Path.Combine(Mount, Name);

    public void Enter() => Enter(Name);

    /// <summary>Back to where the process was at first.</summary>
    public static void Leave() => Enter(Before);

    public void Dispose()
    {
        Leave();
        System.IO.Directory.Delete(Directory);
    }

    private static void Enter(string cgroup) =>
        File.WriteAllText(Path.Combine(Mount, cgroup, "cgroup.procs"), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
}
