using Tendril.Agent.Identity;

namespace Tendril.Agent.Tests.Identity;

public sealed class CgroupMountTests
{
    private const string Version2Only = """
        22 60 0:21 / /sys rw,nosuid,nodev,noexec,relatime shared:2 - sysfs sysfs rw
        30 22 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot
        """;

    private const string Hybrid = """
        30 22 0:27 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
        34 30 0:31 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
        40 30 0:37 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
        """;

    private const string Version1Only = "34 30 0:31 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n";

    private const string Escaped = "40 30 0:37 / /mnt/a\\040b\\134c\\011d rw,relatime shared:1 master:2 - cgroup2 none rw\n";

    private const string ReadOnlyFirst = """
        40 30 0:37 / /ro ro,relatime - cgroup2 cgroup2 rw
        41 30 0:37 /kubepods /part rw,relatime - cgroup2 cgroup2 rw
        42 30 0:37 / /whole rw,relatime - cgroup2 cgroup2 rw
        43 30 0:37 / /again rw,relatime - cgroup2 cgroup2 rw
        """;

    private const string InContainer = """
        40 30 0:37 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw
        41 30 0:37 /../.. /host/cgroup ro,relatime - cgroup2 cgroup2 rw
        """;

    private const string OnlyReadOnly = "40 30 0:37 / /ro ro,relatime - cgroup2 cgroup2 ro\n";

    [Theory]
    [InlineData(Version2Only, "/sys/fs/cgroup", true)]
    [InlineData(Hybrid, "/sys/fs/cgroup/unified", true)]
    [InlineData(Escaped, "/mnt/a b\\c\td", true)]
    [InlineData(ReadOnlyFirst, "/whole", true)]
    [InlineData(OnlyReadOnly, "/ro", false)]
    public void Finds_the_mount(string mountInfo, string path, bool writable)
    {
        var mount = CgroupMount.Find(mountInfo, "0::/init.scope\n", out var error);
        Assert.Equal(new CgroupMount(path, "/", writable), mount);
        Assert.Empty(error);
    }

    [Fact]
    public void In_a_containers_own_namespace_the_hosts_tree_is_taken()
    {
        var mount = CgroupMount.Find(InContainer, "0::/../../init.scope\n", out _);
        Assert.Equal(("/host/cgroup", ""), (mount?.Path, mount?.Prefix));
    }

    [Theory]
    [InlineData("1:name=systemd:/\n0::/../../init.scope\n", true)]
    [InlineData("0::/..\n", true)]
    [InlineData("0::/..a\n", false)]
    [InlineData("0::/init.scope\n", false)]
    [InlineData("0::/\n", false)]
    [InlineData("", false)]
    public void A_container_that_sees_no_other_cgroup_is_refused(string cgroupOfInit, bool isRefused)
    {
        Assert.Equal(isRefused, CgroupMount.Find(Version2Only, cgroupOfInit, out var error) is null);
        Assert.Equal(isRefused, error.Contains("--cgroupns=host", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Version1Only, "only cgroup v1")]
    [InlineData("", "no cgroup v2 is mounted")]
    [InlineData("garbage - cgroup2\n40 30 - cgroup2 x rw\n", "no cgroup v2 is mounted")]
    public void Says_what_to_do_when_there_is_none(string mountInfo, string expected)
    {
        Assert.Null(CgroupMount.Find(mountInfo, "0::/init.scope\n", out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Contains("mount -t cgroup2", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/", "/cg")]
    [InlineData("", "/cg")]
    [InlineData("/a/b", "/cg/a/b")]
    [InlineData("a/b/", "/cg/a/b")]
    [InlineData("/cg/a/", "/cg/a")]
    [InlineData("/cgroup", "/cg/cgroup")]
    public void A_cgroup_is_below_the_mount_unless_it_already_is(string cgroup, string expected)
        => Assert.Equal(expected, new CgroupMount("/cg", "/", true).DirectoryOf(cgroup));

    [Fact]
    public void Finds_this_machines_mount_and_the_paths_in_it()
    {
        var mount = CgroupMount.Find(File.ReadAllText("/proc/self/mountinfo"), "", out var error);
        Assert.SkipWhen(mount is null, error);
        var paths = new CgroupPaths(mount, TimeProvider.System);
        Assert.Equal("/", paths.Find(Libc.Inode(mount.Path)));
    }

    [Fact]
    public void A_cgroup_that_is_not_there_is_looked_for_at_most_once_a_second_and_once_in_all()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var root = Directory.CreateTempSubdirectory("tendril-cgroup").FullName;
        var paths = new CgroupPaths(new CgroupMount(root, "/", true), time);
        Assert.Equal("", paths.Find(ulong.MaxValue));

        var late = Libc.Inode(Directory.CreateDirectory(Path.Combine(root, "a/b")).FullName);
        Assert.Equal("", paths.Find(late));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("/a/b", paths.Find(late));

        Directory.Delete(root, recursive: true);
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal("/a/b", paths.Find(late));
    }
}
