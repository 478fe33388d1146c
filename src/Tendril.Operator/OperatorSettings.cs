using System.Globalization;
using System.Net;
using Tendril.Operator.Naming;

namespace Tendril.Operator;

/// <summary>One setting: <paramref name="Set"/> stores a text value, or says what it expected instead.</summary>
/// <param name="Argument">What the flag takes, for the help; null for a switch.</param>
internal sealed record OperatorSetting(
    string Name, string? Argument, string Default, string Help, Func<OperatorOptions, string, string?> Set)
{
    public string Flag => "--" + Name;

    public string Variable => OperatorSettings.VariablePrefix + Name.Replace('-', '_').ToUpperInvariant();
}

/// <summary>The table of all settings. Flags, environment, configuration file and help are made of it, so they cannot differ.</summary>
internal static class OperatorSettings
{
    public const string VariablePrefix = "TENDRIL_OPERATOR_";

    public static readonly IReadOnlyList<OperatorSetting> All =
    [
        new("http", "ADDRESS:PORT", "127.0.0.1:8080", "where the dashboard and the REST API listen",
            (o, text) => Endpoint(text, value => o.Http = value)),
        new("grpc", "ADDRESS:PORT", "127.0.0.1:50051", "where agents connect",
            (o, text) => Endpoint(text, value => o.Grpc = value)),
        new("rules", "FILE", "none", "rules that name services (docs/rules.md)",
            (o, text) => File(text, value => o.RulesFile = value)),
        new("memory", "FILE", "none", "keeps the graph in this file over restarts; made where it is missing",
            (o, text) => NewFile(text, value => o.MemoryFile = value)),
        new("max-memory-bytes", "N", "268435456", "size of that file; beyond it what was silent for longest is forgotten",
            (o, text) => Number(text, 1_048_576, int.MaxValue, value => o.MaxMemoryBytes = value)),
        new("idle-after", "TIME", "1m", "an edge is idle after this long without traffic",
            (o, text) => Duration(text, value => o.IdleAfter = value)),
        new("gone-after", "TIME", "15m", "and gone after this long",
            (o, text) => Duration(text, value => o.GoneAfter = value)),
        new("retain-gone", "TIME", "1h", "what is gone leaves the graph after this long",
            (o, text) => Duration(text, value => o.RetainGone = value)),
        new("max-edges", "N", "100000", "more edges are folded into one visible node",
            (o, text) => Number(text, 1, 10_000_000, value => o.MaxEdges = value)),
        new("max-external", "N", "2000", "more outside addresses without a name are folded into one visible node",
            (o, text) => Number(text, 1, 1_000_000, value => o.MaxExternal = value)),
        new("max-addresses-per-service", "N", "1000", "the same for those that one service calls, or is called from: a node of its own for each",
            (o, text) => Number(text, 1, 1_000_000, value => o.MaxAddressesPerService = value)),
        new("max-dependencies", "N", "2000000", "dependencies kept, one or more for each edge; more are refused",
            (o, text) => Number(text, 1, 50_000_000, value => o.MaxDependencies = value)),
        new("max-agents", "N", "1000", "hosts known at a time",
            (o, text) => Number(text, 1, 100_000, value => o.MaxAgents = value)),
        new("max-processes", "N", "65536", "process records kept for each agent",
            (o, text) => Number(text, 1, 4_194_304, value => o.MaxProcesses = value)),
        new("max-agent-messages", "N", "2000", "messages a second from each agent; one that sends more is cut off",
            (o, text) => Number(text, 1, 1_000_000, value => o.MaxAgentMessages = value)),
        new("max-agent-bytes", "N", "16777216", "the same in bytes",
            (o, text) => Number(text, 4_194_304, 1 << 30, value => o.MaxAgentBytes = value)),
        new("stalled-after", "TIME", "30s", "a client of a live stream that takes nothing for this long is cut off",
            (o, text) => Duration(text, value => o.StalledAfter = value)),
        new("flow-events", "N", "200", "flow events a second and agent while nobody observes",
            (o, text) => Number(text, 0, 1_000_000, value => o.FlowEvents = value)),
        new("observed-flow-events", "N", "5000", "the same while `tendril observe` runs",
            (o, text) => Number(text, 0, 1_000_000, value => o.ObservedFlowEvents = value)),
        new("include-self", null, "off", "show the operator's and the agents' own traffic too",
            (o, text) => Switch(text, value => o.IncludeSelf = value)),
        new("tls-cert", "FILE", "none", "the operator's certificate (PEM): both ports speak TLS; new files are taken without a restart",
            (o, text) => File(text, value => o.TlsCertificateFile = value)),
        new("tls-key", "FILE", "none", "its private key (PEM)",
            (o, text) => File(text, value => o.TlsKeyFile = value)),
        new("agent-ca", "FILE", "none", "agents must show a certificate for their host, issued by this authority (PEM)",
            (o, text) => File(text, value => o.AgentAuthorityFile = value)),
        new("agent-ca-key", "FILE", "none", "its private key (PEM): agents with a join token get their certificate here and renew it",
            (o, text) => File(text, value => o.AgentAuthorityKeyFile = value)),
        new("tokens", "FILE", "none", "who reads must sign in with one of these tokens (`tendril certs token`); a changed file holds at once",
            (o, text) => File(text, value => o.TokensFile = value)),
        new("trusted-proxy-header", "NAME", "none", "a header, such as X-Remote-User, in which a proxy names whom it let in (a viewer)",
            (o, text) => Header(text, value => o.TrustedProxyHeader = value)),
        new("trusted-proxies", "RANGE,...", "none", "addresses of such proxies, such as 127.0.0.1 or 10.0.0.0/8",
            (o, text) => Ranges(text, value => o.TrustedProxies = value)),
        new("allow-remote", null, "off", "allow addresses beyond loopback without TLS and without credentials",
            (o, text) => Switch(text, value => o.AllowRemote = value)),
        new("allow-host", "NAME,...", "none", "more names under which browsers may reach the dashboard",
            (o, text) => Names(text, value => o.AllowedHosts = value)),
    ];

    public static OperatorSetting? Find(string name) =>
        All.FirstOrDefault(setting => setting.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads "250ms", "30s", "5m", "1h" or "2d".</summary>
    public static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        var digits = text.AsSpan().TrimEnd("abcdefghijklmnopqrstuvwxyz");
        var unitMilliseconds = text.AsSpan(digits.Length) switch { "ms" => 1d, "s" => 1e3, "m" => 60e3, "h" => 3600e3, "d" => 86400e3, _ => 0 };
        if (unitMilliseconds == 0
            || !double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            // So that "NaN", which TryParse takes, is refused as well.
            || !(number * unitMilliseconds <= TimeSpan.FromDays(3650).TotalMilliseconds))
        {
            return false;
        }

        duration = TimeSpan.FromMilliseconds(number * unitMilliseconds);
        return true;
    }

    private static string? Endpoint(string text, Action<IPEndPoint> store)
    {
        const string Expected = "write ADDRESS:PORT, for example 127.0.0.1:8080 or [::1]:8080";
        var named = text.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase) ? "127.0.0.1" + text[9..] : text;
        var colon = named.LastIndexOf(':');
        if (colon <= 0 || named.EndsWith(']') || !IPEndPoint.TryParse(named, out var endpoint)
            || !ushort.TryParse(named.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _)
            || (endpoint.Address.GetAddressBytes().Length == 16 && !named.StartsWith('[')))
        {
            return Expected;
        }

        store(endpoint);
        return null;
    }

    private static string? File(string text, Action<string> store)
    {
        if (!System.IO.File.Exists(text))
        {
            return $"there is no such file; the path is taken from {Directory.GetCurrentDirectory()}";
        }

        store(text);
        return null;
    }

    /// <summary>A file that may be there or not; its directory must be.</summary>
    private static string? NewFile(string text, Action<string?> store)
    {
        if (text == "none")
        {
            store(null);
            return null;
        }

        var directory = Path.GetDirectoryName(Path.GetFullPath(text));
        if (Directory.Exists(text) || !Directory.Exists(directory))
        {
            return Directory.Exists(text) ? "that is a directory; write a file" : $"there is no directory {directory}";
        }

        store(Path.GetFullPath(text));
        return null;
    }

    private static string? Duration(string text, Action<TimeSpan> store)
    {
        if (!TryDuration(text, out var value) || value < TimeSpan.FromSeconds(1))
        {
            return "write a number and a unit, at least 1s, for example 30s, 5m or 1h";
        }

        store(value);
        return null;
    }

    private static string? Number(string text, int least, int most, Action<int> store)
    {
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value < least || value > most)
        {
            return $"write a whole number from {least} to {most}";
        }

        store(value);
        return null;
    }

    private static string? Switch(string text, Action<bool> store)
    {
        bool? value = text.ToLowerInvariant() switch { "true" or "yes" or "on" or "1" => true, "false" or "no" or "off" or "0" => false, _ => null };
        if (value is null)
        {
            return "write true or false";
        }

        store(value.Value);
        return null;
    }

    private static string? Header(string text, Action<string> store)
    {
        if (text.Length == 0 || text.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '-') || text.Equals("Authorization", StringComparison.OrdinalIgnoreCase))
        {
            return "write a header's name, for example X-Remote-User";
        }

        store(text);
        return null;
    }

    private static string? Ranges(string text, Action<IReadOnlyList<AddressRange>> store)
    {
        var ranges = new List<AddressRange>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!AddressRange.TryParse(part, out var range))
            {
                return "write addresses or ranges, separated by commas, for example 127.0.0.1 or 10.0.0.0/8";
            }

            ranges.Add(range);
        }

        store(ranges);
        return null;
    }

    private static string? Names(string text, Action<IReadOnlyList<string>> store)
    {
        var names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == 0 || names.Any(name => Uri.CheckHostName(name) == UriHostNameType.Unknown))
        {
            return "write host names without a port, separated by commas, for example tendril.example.org";
        }

        store(names);
        return null;
    }
}
