namespace Tendril.Agent.Identity;

/// <summary>Where the cgroup v2 tree is mounted. It need not be /sys/fs/cgroup: beside v1 it is often /sys/fs/cgroup/unified.</summary>
/// <param name="Path">The mount point.</param>
/// <param name="Root">The cgroup that is mounted there: "/", another of a bind mount, or "/../.." where a container with a cgroup namespace of its own has the host's tree.</param>
internal sealed record CgroupMount(string Path, string Root, bool Writable)
{
    /// <summary>Finds the mount in the text of /proc/self/mountinfo: the host's tree rather than the own container's, a writable one of the whole tree rather than another, else the first.</summary>
    /// <param name="cgroupOfInit">The text of /proc/1/cgroup.</param>
    /// <returns>Null when there is none, and then <paramref name="error"/> says what to do.</returns>
    public static CgroupMount? Find(string mountInfo, string cgroupOfInit, out string error)
    {
        error = "";
        CgroupMount? best = null;
        var version1 = false;
        foreach (var line in mountInfo.AsSpan().EnumerateLines())
        {
            var mount = Parse(line, ref version1);
            best = mount is not null && (best is null || mount.Rank > best.Rank) ? mount : best;
        }

        if (best is null)
        {
            error = version1
                ? "this host has only cgroup v1, and socket hooks attach to cgroup v2: mount it beside (mkdir -p /run/cgroup2 && mount -t cgroup2 none /run/cgroup2) or boot with systemd.unified_cgroup_hierarchy=1; a container needs the host's /sys/fs/cgroup"
                : "no cgroup v2 is mounted, and socket hooks attach to it: mount it (mount -t cgroup2 none /sys/fs/cgroup); a container needs the host's /sys/fs/cgroup";
            return null;
        }

        // The host's first process is told from the root of the own namespace, which is all that is mounted.
        if (best.Root == "/" && ProcessCgroup.IsAbove(ProcessCgroup.Version2(cgroupOfInit)))
        {
            error = "this agent sees nothing but its own container's cgroup: start the container with --cgroupns=host, or with the host's /sys/fs/cgroup mounted over its own";
            return null;
        }

        return best;
    }

    /// <summary>Finds this host's mount.</summary>
    /// <returns>Null when there is none, and then <paramref name="error"/> says what to do.</returns>
    public static CgroupMount? TryFind(out string error) => Find(File.ReadAllText("/proc/self/mountinfo"), CgroupOfInit(), out error);

    /// <summary>The directory of a cgroup: below the mount, unless the path already is.</summary>
    public string DirectoryOf(string cgroup)
    {
        var path = cgroup.Trim('/');
        return path.Length == 0 ? Path
            : cgroup == Path || cgroup.StartsWith(Path + "/", StringComparison.Ordinal) ? cgroup.TrimEnd('/')
            : Path.TrimEnd('/') + "/" + path;
    }

    /// <summary>The path of the mounted cgroup, "" for the whole tree.</summary>
    public string Prefix => ProcessCgroup.FromHostRoot(Root).TrimEnd('/').ToString();

    private int Rank => (ProcessCgroup.IsAbove(Root) ? 4 : 0) + (Writable ? 2 : 0) + (Root == "/" ? 1 : 0);

    // Empty where processes of others are hidden.
    private static string CgroupOfInit()
    {
        try
        {
            return File.ReadAllText("/proc/1/cgroup");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    // 40 30 0:37 / /sys/fs/cgroup/unified rw,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate
    private static CgroupMount? Parse(ReadOnlySpan<char> line, ref bool version1)
    {
        var separator = line.IndexOf(" - ");
        if (separator < 0)
        {
            return null;
        }

        var type = line[(separator + 3)..];
        type = type[..(type.IndexOf(' ') is var end and >= 0 ? end : type.Length)];
        version1 |= type is "cgroup";
        if (type is not "cgroup2")
        {
            return null;
        }

        Span<Range> fields = stackalloc Range[7];
        var head = line[..separator];
        var count = head.Split(fields, ' ');
        return count < 6 ? null
            : new CgroupMount(Unescape(head[fields[4]]), Unescape(head[fields[3]]), IsWritable(head[fields[5]]) && !line.EndsWith(" ro"));
    }

    private static bool IsWritable(ReadOnlySpan<char> options) => options is "rw" || options.StartsWith("rw,");

    // The kernel writes space, tab, newline and backslash as \040, \011, \012, \134.
    private static string Unescape(ReadOnlySpan<char> text)
    {
        if (!text.Contains('\\'))
        {
            return text.ToString();
        }

        var result = new System.Text.StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length && IsOctal(text.Slice(i + 1, 3)))
            {
                result.Append((char)((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0')));
                i += 3;
            }
            else
            {
                result.Append(text[i]);
            }
        }

        return result.ToString();
    }

    private static bool IsOctal(ReadOnlySpan<char> digits) => digits.IndexOfAnyExceptInRange('0', '7') < 0 && digits[0] <= '3';
}
