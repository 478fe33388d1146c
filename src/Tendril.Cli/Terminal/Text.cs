using System.Buffers;
using System.Globalization;
using System.Text;

namespace Tendril.Cli.Terminal;

/// <summary>Text that came over the network made fit for a terminal, and numbers made fit for people.</summary>
internal static class Text
{
    private static readonly string[] ByteUnits = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>Without anything that could move the cursor, colour the screen or reorder what is read.</summary>
    public static string Clean(string? text) => Strip(text ?? "", keepLines: false);

    /// <summary>Like <see cref="Clean"/>, but line ends and tabs stay.</summary>
    public static string CleanLines(string text) => Strip(text, keepLines: true);

    /// <summary>How many columns it takes on a terminal.</summary>
    public static int Width(string text) => text.EnumerateRunes().Sum(Width);

    /// <summary>Cut to so many columns; the cut is shown.</summary>
    public static string Cut(string text, int columns)
    {
        if (Width(text) <= columns)
        {
            return text;
        }

        var cut = new StringBuilder();
        var used = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            used += Width(rune);
            if (used > columns - 1)
            {
                break;
            }

            cut.Append(rune.ToString());
        }

        return cut.Append('…').ToString();
    }

    /// <summary>Cut at the front, where the end tells more, as of a path.</summary>
    public static string CutStart(string text, int columns)
    {
        if (Width(text) <= columns)
        {
            return text;
        }

        var runes = text.EnumerateRunes().ToList();
        var used = 1;
        var first = runes.Count;
        while (first > 0 && used + Width(runes[first - 1]) <= columns)
        {
            used += Width(runes[--first]);
        }

        return "…" + string.Concat(runes.Skip(first));
    }

    /// <summary>In lines of at most so many columns, broken between words; a word that is longer stands alone.</summary>
    public static IEnumerable<string> Wrap(string text, int columns)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && Width(line) + 1 + Width(word) > columns)
            {
                yield return line;
                line = word;
                continue;
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        yield return line;
    }

    public static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>"1 agent", "2 agents".</summary>
    public static string Count(long count, string thing, string? things = null) => $"{Number(count)} {(count == 1 ? thing : things ?? thing + "s")}";

    /// <summary>Powers of 1,000: "1.5 kB".</summary>
    public static string Bytes(double bytes)
    {
        var unit = 0;
        while (bytes >= 999.5 && unit < ByteUnits.Length - 1)
        {
            bytes /= 1000;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{(unit > 0 && bytes < 99.95 ? bytes.ToString("0.0", CultureInfo.InvariantCulture) : bytes.ToString("0", CultureInfo.InvariantCulture))} {ByteUnits[unit]}");
    }

    /// <summary>"350us", "1.2ms", "3.4s", "5m", "2h", "3d".</summary>
    public static string Micros(double micros) => micros switch
    {
        < 999.5 => Format($"{micros:0}us"),
        < 99_950 => Format($"{micros / 1e3:0.0}ms"),
        < 999_500 => Format($"{micros / 1e3:0}ms"),
        < 60e6 => Format($"{micros / 1e6:0.0}s"),
        < 3600e6 => Format($"{Math.Floor(micros / 60e6):0}m"),
        < 86400e6 => Format($"{Math.Floor(micros / 3600e6):0}h"),
        _ => Format($"{Math.Floor(micros / 86400e6):0}d"),
    };

    /// <summary>How long before <paramref name="now"/>: "now", "12s", "3m".</summary>
    public static string Ago(DateTimeOffset now, DateTimeOffset then) => (now - then).TotalSeconds switch
    {
        < 2 => "now",
        < 60 and var seconds => Format($"{Math.Floor(seconds):0}s"),
        var seconds => Micros(seconds * 1e6),
    };

    /// <summary>The same in a sentence: "just now", "12s ago".</summary>
    public static string Since(DateTimeOffset now, DateTimeOffset then) => Ago(now, then) is "now" ? "just now" : Ago(now, then) + " ago";

    /// <summary>Local time, with the date where it is another day: "14:02:10", "2026-05-03 08:30:00".</summary>
    public static string Moment(DateTimeOffset now, DateTimeOffset then)
    {
        var zone = TimeZoneInfo.Local;
        var (today, local) = (TimeZoneInfo.ConvertTime(now, zone).Date, TimeZoneInfo.ConvertTime(then, zone));
        return local.ToString(local.Date == today ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
    }

    private static string Format(FormattableString text) => FormattableString.Invariant(text);

    private static string Strip(string text, bool keepLines)
    {
        if (!text.Any(IsRisky))
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length;)
        {
            var complete = Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var length) == OperationStatus.Done;
            i += length;
            if (complete && (IsHarmless(rune) || (keepLines && rune.Value is '\n' or '\t')))
            {
                clean.Append(rune.ToString());
            }
        }

        return clean.ToString();
    }

    private static bool IsRisky(char c) => c is < ' ' or >= '\u007f';

    private static bool IsHarmless(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    private static int Width(Rune rune) => rune.Value switch
    {
        < 0x300 => 1,
        _ when Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark => 0,
        >= 0x1100 and <= 0x115F or >= 0x2E80 and <= 0xA4CF or >= 0xAC00 and <= 0xD7A3 or >= 0xF900 and <= 0xFAFF
            or >= 0xFE30 and <= 0xFE6F or >= 0xFF00 and <= 0xFF60 or >= 0xFFE0 and <= 0xFFE6 or >= 0x1F300 and <= 0x1F64F
            or >= 0x1F900 and <= 0x1F9FF or >= 0x20000 and <= 0x3FFFD => 2,
        _ => 1,
    };
}
