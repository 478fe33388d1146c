using System.Text.RegularExpressions;

namespace Tendril.Agent.Tests;

public partial class ProgramPagesTests
{
    [Fact]
    public void Only_mappings_of_files_that_nothing_was_written_to_are_let_go()
    {
        string[] smaps =
        [
            "56000000-56001000 r--p 00000000 fe:00 7   /usr/bin/tendril-agent", "Rss:        4 kB", "Private_Dirty:   0 kB", "Anonymous:   0 kB", "VmFlags: rd mr mw me",
            "56001000-56003000 r-xp 00001000 fe:00 7   /usr/bin/tendril-agent", "Rss:        8 kB", "Private_Dirty:   0 kB", "Anonymous:   0 kB",
            // What the loader relocated, and then made read-only.
            "56003000-56004000 r--p 00003000 fe:00 7   /usr/bin/tendril-agent", "Rss:        4 kB", "Private_Dirty:   4 kB", "Anonymous:   4 kB",
            "56004000-56005000 r--p 00004000 fe:00 7   /usr/bin/tendril-agent", "Rss:        0 kB", "Swap:   4 kB",
            "56005000-56006000 rw-p 00005000 fe:00 7   /usr/bin/tendril-agent", "Rss:        4 kB",
            "7f00000-7f01000 r--s 00000000 00:0e 9   anon_inode:bpf-map", "Rss:        4 kB",
            "7f01000-7f02000 r--p 00000000 00:00 0 ", "Rss:        4 kB",
            "7f02000-7f03000 r-xp 00000000 fe:00 8   /usr/lib/x y/libc.so.6 (deleted)", "Rss:        4 kB",
            "nonsense", "zz-1 r-xp 0 0 0 /a", "Rss: many kB",
        ];

        Assert.Equal<(nuint, nuint, long)>([(0x56000000, 0x1000, 4096), (0x56001000, 0x2000, 8192), (0x7f02000, 0x1000, 4096)], ProgramPages.Unchanged(smaps));
    }

    [Fact]
    public void A_running_program_goes_on_with_less_memory()
    {
        var before = OfFiles();
        var released = ProgramPages.Release();

        Assert.InRange(released, 1, before);
        Assert.True(OfFiles() < before, "as much of files is in memory as before");

        static long OfFiles() => long.Parse(RssFile().Match(File.ReadAllText("/proc/self/status")).Groups[1].Value) * 1024;
    }

    [GeneratedRegex(@"RssFile:\s+([0-9]+) kB")]
    private static partial Regex RssFile();
}
