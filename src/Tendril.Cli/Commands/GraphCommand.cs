using System.CommandLine;
using System.Globalization;
using Tendril.Cli.Operator;
using Tendril.Cli.Terminal;

namespace Tendril.Cli.Commands;

/// <summary><c>tendril graph</c>: who depends on whom.</summary>
internal static class GraphCommand
{
    private const string WhyFailed = "why failed";

    private static readonly Option<string> Output = new Option<string>("--output", "-o")
    {
        Description = "How to print it; dot is for Graphviz",
        DefaultValueFactory = _ => "table",
    }.Only("table", "json", "dot", "mermaid", "csv");

    private static readonly Option<string?> Service = new("--service", "-s")
    {
        Description = "Only this service (name or id) and what is around it",
        HelpName = "NAME",
    };

    private static readonly Option<int?> Depth = new Option<int?>("--depth", "-d")
    {
        Description = "With --service: how many hops up and down; the operator's default is 1",
        HelpName = "HOPS",
    }.Between(0, 100);

    private static readonly Option<string?> Since = new("--since")
    {
        Description = "Only dependencies seen since: a time like 2026-05-01T12:00:00Z, or a span like 15m",
        HelpName = "WHEN",
    };

    public static Command Create(ConnectionOptions connection)
    {
        var command = new Command("graph", "Print the dependency graph") { Output, Service, Depth, Since };
        command.Validators.Add(result =>
        {
            if (result.GetResult(Depth) is { Implicit: false } && result.GetResult(Service) is not { Implicit: false })
            {
                result.AddError("--depth says how far around a service; it needs --service.");
            }
        });
        command.SetAction((parsed, cancellation) => RunAsync(parsed, connection, cancellation));
        return command.WithExamples("""
            tendril graph                                    every dependency, as a table
            tendril graph --service order --depth 2          what is within two hops of order
            tendril graph --since 15m                        only what was seen lately
            tendril graph --output dot | dot -Tsvg > g.svg   a picture, by Graphviz
            tendril graph --output mermaid                   for a Markdown page
            tendril graph --output json | jq '.edges[]'      everything the operator knows
            """);
    }

    private static async Task<int> RunAsync(ParseResult parsed, ConnectionOptions connection, CancellationToken cancellation)
    {
        using var client = connection.Client(parsed);
        var depth = parsed.GetValue(Depth)?.ToString(CultureInfo.InvariantCulture);
        if (parsed.GetValue(Output) is not "table" and { } format)
        {
            await client.CopyGraphAsync(format, CopyAsync, parsed.GetValue(Service), depth, parsed.GetValue(Since), cancellation);
            return 0;
        }

        WriteTable(await client.GetGraphAsync(
            cancellation, ("service", parsed.GetValue(Service)), ("depth", depth), ("since", parsed.GetValue(Since))));
        return 0;
    }

    private static async Task CopyAsync(TextReader text)
    {
        // Line by line would hold a one-line JSON document whole; blocks may cut a surrogate pair, so a block never ends within one.
        var block = new char[16 * 1024];
        var kept = 0;
        var ended = '\n';
        while (await text.ReadAsync(block.AsMemory(kept)) is var read && read + kept > 0)
        {
            var length = kept + read;
            kept = read > 0 && char.IsHighSurrogate(block[length - 1]) ? 1 : 0;
            var part = Text.CleanLines(new string(block, 0, length - kept));
            Screen.Output.Write(part);
            ended = part.Length > 0 ? part[^1] : ended;
            block[0] = block[length - 1];
        }

        Screen.Output.Write(ended == '\n' ? "" : "\n");
        Screen.Output.Flush();
    }

    private static void WriteTable(GraphDocument graph)
    {
        var screen = Screen.Output;
        if (graph.Edges.Count == 0)
        {
            screen.WriteLine(graph.Stats.Agents.Count == 0
                ? "No agent has reported to this operator yet. 'systemctl start tendril-agent', or 'tendril-agent' as root, on a host starts one; 'tendril doctor' checks the host."
                : "No dependency was seen. As soon as a program connects to another one, it is listed here.");
            return;
        }

        var names = new NodeNames(graph);
        var table = new Table(
            new Column("client"), new Column("   server"), new Column("port", Right: true), new Column("opened", Right: true),
            new Column("failed", Right: true, Rank: 1), new Column(WhyFailed, Rank: 2), new Column("active", Right: true, Rank: 5), new Column("bytes", Right: true, Rank: 3),
            new Column("rtt p50/p99", Right: true, Rank: 4), new Column("evidence", Rank: 7), new Column("last seen", Rank: 6));
        var edges = graph.Edges.OrderBy(edge => names[edge.Source], StringComparer.Ordinal).ThenBy(edge => names[edge.Target], StringComparer.Ordinal)
            .ThenBy(edge => edge.Port).ThenBy(edge => edge.Transport, StringComparer.Ordinal);
        foreach (var edge in edges)
        {
            table.Add(RowOf(edge, names, graph.Time));
        }

        var hidden = table.Write(screen);
        if (hidden.Contains(WhyFailed))
        {
            WriteFailing(graph, names);
        }

        WriteFooter(graph, hidden);
    }

    /// <summary>What the column that did not fit would have said.</summary>
    private static void WriteFailing(GraphDocument graph, NodeNames names)
    {
        const int Enough = 10;
        var failing = graph.Edges.Select(edge => (Edge: edge, Why: EdgeWords.WhyFailed(edge, graph.Time))).Where(edge => edge.Why.Length > 0)
            .OrderByDescending(edge => edge.Edge.LastFailure?.At).ThenBy(edge => edge.Edge.Id, StringComparer.Ordinal).ToList();
        Screen.Output.WriteLine();
        foreach (var (edge, why) in failing.Take(Enough))
        {
            Screen.Output.WriteText("", $"{names[edge.Source]} -> {names[edge.Target]}, {EdgeWords.Endpoint(edge)}: {why}");
        }

        if (failing.Count > Enough)
        {
            Screen.Output.WriteLine($"and {Text.Count(failing.Count - Enough, "more dependency that fails", "more dependencies that fail")}");
        }
    }

    private static Cell[] RowOf(Edge edge, NodeNames names, DateTimeOffset now)
    {
        var faded = edge.State == "gone" || edge.Stale ? Colour.Dim : Colour.Usual;
        return
        [
            new(names[edge.Source], faded),
            new("-> " + names[edge.Target], faded),
            new(EdgeWords.Port(edge), faded),
            new(Text.Number(edge.ConnectionsOpened), faded),
            new(Text.Number(edge.ConnectionsFailed), edge.ConnectionsFailed > 0 ? Colour.Red : Colour.Dim),
            new(EdgeWords.WhyFailed(edge, now), faded),
            new(Text.Number(edge.ConnectionsActive), edge.ConnectionsActive > 0 ? Colour.Green : Colour.Dim),
            new(Text.Bytes((double)edge.BytesSent + edge.BytesReceived), faded),
            new(edge.RttMicros is { } rtt ? $"{Text.Micros(rtt.P50)}/{Text.Micros(rtt.P99)}" : "-", faded),
            new(Text.Clean(edge.Evidence), faded),
            new(Text.Ago(now, edge.LastSeen), faded),
        ];
    }

    private static void WriteFooter(GraphDocument graph, IReadOnlyList<string> hidden)
    {
        var screen = Screen.Output;
        var agents = graph.Stats.Agents;
        screen.WriteLine();
        screen.WriteLine(string.Join(
            ", ",
            Text.Count(graph.Nodes.Count, "service"),
            Text.Count(graph.Edges.Count, "dependency", "dependencies"),
            Text.Count(graph.Edges.Sum(edge => edge.ConnectionsOpened), "connection"),
            $"{Text.Number(graph.Edges.Sum(edge => edge.ConnectionsFailed))} failed")
            + $"; {agents.Count(agent => agent.Connected)} of {Text.Count(agents.Count, "agent")} connected");
        if (agents.Sum(agent => agent.CounterOverflows.Values.Sum()) is > 0 and var missed)
        {
            screen.WriteLine(screen.Paint($"{Text.Count(missed, "connection")} could not be counted: 'tendril agents' says why", Colour.Yellow));
        }

        if (graph.Stats.Limits?.Any(limit => limit.Folded + limit.Refused > 0) == true)
        {
            screen.WriteLine(screen.Paint("part of it was beyond a limit and is folded into \"other\" or left out: 'tendril agents' says which limit", Colour.Yellow));
        }

        if (hidden.Count > 0)
        {
            screen.WriteLine(screen.Paint($"not enough room for: {string.Join(", ", hidden)}", Colour.Dim));
        }
    }
}
