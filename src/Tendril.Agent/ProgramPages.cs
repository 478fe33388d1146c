using System.Globalization;
using System.Runtime.InteropServices;

namespace Tendril.Agent;

/// <summary>
/// The pages of the program's own file, and its libraries', that are in memory. The kernel maps sixteen around each one that is used (fault-around), and
/// starting uses much once that running never does: together most of what an agent holds.
/// </summary>
internal static unsafe partial class ProgramPages
{
    private const int DontNeed = 4; // MADV_DONTNEED

    /// <summary>Lets go of all of them; what is used again is mapped again, from the same file.</summary>
    /// <returns>How many bytes were in memory; none where /proc does not tell.</returns>
    public static long Release()
    {
        string[] smaps = [];
        try
        {
            smaps = File.ReadAllLines("/proc/self/smaps");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // They stay: it costs some memory and nothing else.
        }

        var released = 0L;
        foreach (var (start, length, resident) in Unchanged(smaps))
        {
            // SAFETY: a read-only mapping of a file without a page of its own; a page that is let go reads the same when it is mapped again.
            if (madvise((void*)start, length, DontNeed) == 0)
            {
                released += resident;
            }
        }

        return released;
    }

    /// <summary>
    /// Mappings of files that nothing was written to: neither to be written now, nor with a page of this process's own, as relocations leave behind.
    /// </summary>
    internal static IEnumerable<(nuint Start, nuint Length, long Resident)> Unchanged(IEnumerable<string> smaps)
    {
        (nuint Start, nuint Length, long Resident)? mapping = null;
        foreach (var line in smaps)
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 5 && !words[0].EndsWith(':'))
            {
                if (mapping is { } before)
                {
                    yield return before;
                }

                mapping = words.Length > 5 && words[5].StartsWith('/') && words[1] is "r-xp" or "r--p" ? RangeOf(words[0]) : null;
            }
            else if (mapping is { } now && words is [var field, var number, "kB"] && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var kib))
            {
                mapping = field switch
                {
                    "Rss:" => now with { Resident = kib * 1024 },
                    "Private_Dirty:" or "Anonymous:" or "Swap:" or "Locked:" when kib > 0 => null,
                    _ => now,
                };
            }
        }

        if (mapping is { } last)
        {
            yield return last;
        }
    }

    private static (nuint Start, nuint Length, long Resident)? RangeOf(string range) =>
        range.Split('-') is [var from, var to]
        && nuint.TryParse(from, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var start)
        && nuint.TryParse(to, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var end) && end > start
            ? (start, end - start, 0)
            : null;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int madvise(void* start, nuint length, int advice);
}
