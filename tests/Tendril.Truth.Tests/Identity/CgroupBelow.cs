using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.Truth.Tests.Identity;

/// <summary>A cgroup below a scenario's own, at a path as systemd and container runtimes make them.</summary>
internal sealed class CgroupBelow : IAsyncDisposable
{
    private readonly TestCgroup _above;

    /// <param name="path">"system.slice/shop.service".</param>
    public CgroupBelow(TestCgroup above, string path)
    {
        _above = above;
        Directory = Path.Combine(above.Directory, path);
        System.IO.Directory.CreateDirectory(Directory);
    }

    public string Directory { get; }

    /// <summary>Put before a command, runs it inside.</summary>
    public string[] Enter => ["sh", "-c", "echo $$ >\"$0\"/cgroup.procs && exec \"$@\"", Directory];

    public async ValueTask DisposeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(Directory, "cgroup.kill"), "1");
        for (var looks = 0; looks < 200 && (await File.ReadAllTextAsync(Path.Combine(Directory, "cgroup.events"))).Contains("populated 1", StringComparison.Ordinal); looks++)
        {
            await Task.Delay(50);
        }

        for (var each = Directory; each != _above.Directory && System.IO.Directory.GetDirectories(each).Length == 0; each = Path.GetDirectoryName(each)!)
        {
            System.IO.Directory.Delete(each);
        }
    }
}
