using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Tendril.Agent;

/// <summary>Readers for the values of options. Each sets its option and gives null, or changes nothing and says what would be right.</summary>
internal static class OptionValues
{
    private const int MaxPathLength = 4095;

    public static string? OperatorUrl(AgentOptions options, string value)
    {
        if (!Uri.TryCreate(value, UriKind.Absolute, out var url) || (url.Scheme != "http" && url.Scheme != "https") || url.Host.Length == 0)
        {
            return "give a URL such as http://127.0.0.1:50051 or https://tendril.example.com:50051";
        }

        if (url.UserInfo.Length > 0 || url.PathAndQuery != "/" || url.Fragment.Length > 0)
        {
            return "give only scheme, host and port, such as " + url.Scheme + "://" + url.Authority;
        }

        options.Operator = url;
        return null;
    }

    public static Func<AgentOptions, string, string?> OneOf(string[] values, Action<AgentOptions, string> set) => (options, value) =>
    {
        if (!values.Contains(value))
        {
            return "give one of " + string.Join(", ", values);
        }

        set(options, value);
        return null;
    };

    public static string? Pattern(AgentOptions options, string value)
    {
        if (value.Length is 0 or > MaxPathLength)
        {
            return $"give a pattern of 1 to {MaxPathLength} characters, such as *token*";
        }

        options.Redacted.Add(value);
        return null;
    }

    public static string? CgroupPath(AgentOptions options, string value)
    {
        if (PathError(value) is { } error)
        {
            return error;
        }

        if (value.Split('/').Contains(".."))
        {
            return "give a path without \"..\", such as /system.slice/nginx.service";
        }

        options.Cgroup = value;
        return null;
    }

    // IFNAMSIZ is 16 with the final NUL.
    public static string? Interface(AgentOptions options, string value)
    {
        foreach (var name in value.Split(',', StringSplitOptions.TrimEntries))
        {
            if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > 15 || name.Any(c => c == '/' || char.IsWhiteSpace(c) || char.IsControl(c)))
            {
                return "give an interface's name of 1 to 15 bytes, such as eth0 (ip link shows them)";
            }

            if (!options.XdpInterfaces.Contains(name))
            {
                options.XdpInterfaces.Add(name);
            }
        }

        return null;
    }

    public static Func<AgentOptions, string, string?> Switch(Action<AgentOptions, bool> set) => (options, value) =>
    {
        bool? on = value.ToLowerInvariant() switch
        {
            "true" or "yes" or "on" or "1" => true,
            "false" or "no" or "off" or "0" => false,
            _ => null,
        };
        if (on is null)
        {
            return "give true or false";
        }

        set(options, on.Value);
        return null;
    };

    public static Func<AgentOptions, string, string?> Integer(int min, int max, Action<AgentOptions, int> set) => (options, value) =>
    {
        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < min || number > max)
        {
            return $"give a whole number from {min} to {max}";
        }

        set(options, number);
        return null;
    };

    public static Func<AgentOptions, string, string?> Duration(string min, string max, bool orZero, Action<AgentOptions, TimeSpan> set) => (options, value) =>
    {
        var inRange = TryDuration(value, out var duration) && TryDuration(min, out var low) && TryDuration(max, out var high)
            && ((duration >= low && duration <= high) || (orZero && duration == TimeSpan.Zero));
        if (!inRange)
        {
            return $"give a number with ms, s, m or h, from {min} to {max}" + (orZero ? ", or 0 for never" : "");
        }

        set(options, duration);
        return null;
    };

    public static string? RingBytes(AgentOptions options, string value)
    {
        var page = Environment.SystemPageSize;
        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            || bytes < page || bytes > 1 << 30 || !int.IsPow2(bytes) || bytes % page != 0)
        {
            return $"give a power of two from {page} (a page) to {1 << 30}, such as 262144";
        }

        options.RingBytes = bytes;
        return null;
    }

    public static Func<AgentOptions, string, string?> FilePath(Action<AgentOptions, string> set) => (options, value) =>
    {
        if (PathError(value) is { } error)
        {
            return error;
        }

        set(options, value);
        return null;
    };

    public static string? Level(AgentOptions options, string value)
    {
        LogLevel? level = value.ToLowerInvariant() switch
        {
            "trace" => LogLevel.Trace,
            "debug" => LogLevel.Debug,
            "information" or "info" => LogLevel.Information,
            "warning" or "warn" => LogLevel.Warning,
            "error" => LogLevel.Error,
            "none" => LogLevel.None,
            _ => null,
        };
        if (level is null)
        {
            return "give trace, debug, information, warning, error or none";
        }

        options.LogLevel = level.Value;
        return null;
    }

    private static string? PathError(string value)
        => value.Length is 0 or > MaxPathLength || value.Contains('\0') ? $"give a path of 1 to {MaxPathLength} characters" : null;

    // "200ms", "1.5s", "2m", "1h"; "0" needs no unit.
    private static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text == "0")
        {
            return true;
        }

        var digits = text.AsSpan().TrimEnd("smh");
        double? unitMilliseconds = text.AsSpan(digits.Length) switch
        {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => null,
        };
        // The last condition so that "NaN", which TryParse takes, is refused as well.
        if (unitMilliseconds is null || digits.Length > 12
            || !double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || !(number * unitMilliseconds <= 1e10))
        {
            return false;
        }

        duration = TimeSpan.FromMilliseconds(number * unitMilliseconds.Value);
        return true;
    }
}
