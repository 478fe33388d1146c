using System.Globalization;

namespace Tendril.Truth.Tests.Accuracy;

/// <summary>
/// One thing the graph should hold, written as a line: an edge, "client -> server:7000 tcp/7000 opened=3 failed=0", or a node that
/// has no edge, "server:7000". A counter that is not named may be anything.
/// </summary>
internal sealed record ExpectedFact(string Client, string Server, string Wire, IReadOnlyDictionary<string, string> Figures)
{
    // What the counters are called in a line and in the answer; any other figure is named as in the answer.
    private static readonly Dictionary<string, string> Names = new()
    {
        ["opened"] = "connectionsOpened",
        ["failed"] = "connectionsFailed",
        ["closed"] = "connectionsClosed",
        ["active"] = "connectionsActive",
        ["refused"] = "failures.refused",
        ["timedOut"] = "failures.timedOut",
        ["unreachable"] = "failures.unreachable",
        ["abandoned"] = "failures.abandoned",
    };

    public bool IsEdge => Wire.Length > 0;

    public static IReadOnlyList<ExpectedFact> ReadAll(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Read)];

    public override string ToString() => IsEdge
        ? string.Join(' ', new[] { $"{Client} -> {Server} {Wire}" }.Concat(Figures.Select(figure => $"{figure.Key}={figure.Value}")))
        : Server;

    /// <summary>The same names and port, whatever the counters.</summary>
    public bool IsNamedAs(ActualFact actual) => Client == actual.Client && Server == actual.Server && Wire == actual.Wire;

    /// <summary>"opened=2000" is exactly so many, "opened=1+" at least so many.</summary>
    public bool CountsAs(ActualFact actual) => Figures.All(figure =>
    {
        var text = actual.Figure(Names.GetValueOrDefault(figure.Key, figure.Key));
        return figure.Value.EndsWith('+')
            ? long.TryParse(text, CultureInfo.InvariantCulture, out var count) && count >= long.Parse(figure.Value[..^1], CultureInfo.InvariantCulture)
            : text == figure.Value;
    });

    private static ExpectedFact Read(string line)
    {
        if (line.Split(" -> ") is not [var client, var rest])
        {
            return new("", line, "", new Dictionary<string, string>());
        }

        var words = rest.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        // A name may be of several words: "other addresses".
        var wire = Math.Max(Array.FindIndex(words, word => word.Contains('/') && !word.StartsWith('/')), 1);
        return new(client, string.Join(' ', words[..wire]), words[wire], words[(wire + 1)..].Select(word => word.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]));
    }
}
