using System.Globalization;

namespace Tendril.Benchmarks;

/// <summary>A cgroup of this process's own, so that an agent on it sees what it does and nothing else of the machine. Needs root.</summary>
internal sealed class BenchCgroup : IDisposable
{
    private const string Unified = "0::";
    private readonly string _mount;
    private readonly string _before;

    public BenchCgroup()
    {
        // 40 30 0:37 / /sys/fs/cgroup/unified rw,relatime shared:9 - cgroup2 cgroup2 rw
        _mount = File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(" - "))
            .Where(parts => parts[1].StartsWith("cgroup2 ", StringComparison.Ordinal)).Select(parts => parts[0].Split(' ')[4]).First();
        _before = File.ReadLines("/proc/self/cgroup").First(line => line.StartsWith(Unified, StringComparison.Ordinal))[Unified.Length..];
        Directory.CreateDirectory(Path.Combine(_mount, Name));
        Enter(Name);
    }

    public string Name { get; } = $"tendril-bench-{Environment.ProcessId}";

    public void Dispose()
    {
        Enter(_before.TrimStart('/'));
        Directory.Delete(Path.Combine(_mount, Name));
    }

    private void Enter(string cgroup) =>
        File.WriteAllText(Path.Combine(_mount, cgroup, "cgroup.procs"), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
}
