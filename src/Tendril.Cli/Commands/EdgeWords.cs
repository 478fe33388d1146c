using System.Globalization;
using Tendril.Cli.Operator;
using Tendril.Cli.Terminal;

namespace Tendril.Cli.Commands;

/// <summary>What is said of an edge in more than one place.</summary>
internal static class EdgeWords
{
    private const int LongestPath = 24;

    /// <summary>"8002", "53/udp", "/run/app.sock", "various" of what was folded together; of a long path its end, which tells more.</summary>
    public static string Port(Edge edge) => edge.Transport switch
    {
        "tcp" => edge.Port == 0 ? "various" : edge.Port.ToString(CultureInfo.InvariantCulture),
        "unix" => Text.CutStart(PathOf(edge), LongestPath),
        var transport => $"{edge.Port.ToString(CultureInfo.InvariantCulture)}/{Text.Clean(transport)}",
    };

    /// <summary>"tcp port 8002", "the Unix socket /run/app.sock".</summary>
    public static string Endpoint(Edge edge) =>
        edge.Transport == "unix" ? $"the Unix socket {PathOf(edge)}"
        : edge.Port == 0 ? $"various {Text.Clean(edge.Transport)} ports"
        : $"{Text.Clean(edge.Transport)} port {edge.Port.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>As the operator writes it, "tcp/10.0.0.5:8002"; of a Unix socket the path alone.</summary>
    public static string Endpoint(string endpoint) => Text.Clean(endpoint.StartsWith("unix/", StringComparison.Ordinal) ? endpoint["unix/".Length..] : endpoint);

    /// <summary>"12 refused, 5 timed out", or "all refused"; null where the operator does not tell.</summary>
    public static string? Reasons(Edge edge)
    {
        if (edge.Failures is not { } failures)
        {
            return null;
        }

        (long Count, string Reason)[] all =
        [
            (failures.Refused, "refused"), (failures.TimedOut, "timed out"), (failures.Unreachable, "unreachable"),
            (failures.Abandoned, "given up by the client"), (failures.Other, "for another reason or none told"),
        ];
        var said = all.Where(part => part.Count > 0).ToList();
        return said switch
        {
            [] => null,
            [var only] when only.Count >= edge.ConnectionsFailed => edge.ConnectionsFailed == 1 ? only.Reason : $"all {only.Reason}",
            _ => string.Join(", ", said.Select(part => $"{Text.Number(part.Count)} {part.Reason}")),
        };
    }

    /// <summary>"all refused, last 2m ago"; empty where nothing failed or no reason is known.</summary>
    public static string WhyFailed(Edge edge, DateTimeOffset now) =>
        edge.ConnectionsFailed == 0 || Reasons(edge) is not { } reasons ? ""
        : edge.LastFailure is { } last ? $"{reasons}, last {Text.Since(now, last.At)}" : reasons;

    private static string PathOf(Edge edge) => Text.Clean(edge.Path) is { Length: > 0 } path ? path : "without a path";
}
