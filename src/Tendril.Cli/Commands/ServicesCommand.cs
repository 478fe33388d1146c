using System.CommandLine;
using Tendril.Cli.Operator;
using Tendril.Cli.Terminal;

namespace Tendril.Cli.Commands;

/// <summary><c>tendril services</c>: what there is.</summary>
internal static class ServicesCommand
{
    private static readonly Option<string> Output = JsonOutput.Option();

    public static Command Create(ConnectionOptions connection)
    {
        var command = new Command("services", "List the services of the graph") { Output };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = connection.Client(parsed);
            if (parsed.GetValue(Output) == "json")
            {
                JsonOutput.Write(await client.GetGraphJsonAsync(cancellation, "nodes"));
                return;
            }

            Write(await client.GetGraphAsync(cancellation));
        });
        return command.WithExamples("""
            tendril services                                           name, kind and place of every service
            tendril services | grep systemd                            only what systemd runs
            tendril services -o json | jq -r '.[] | .name, .namedBy'   and what gave it its name
            """);
    }

    private static void Write(GraphDocument graph)
    {
        if (graph.Nodes.Count == 0)
        {
            Screen.Output.WriteLine("No service was seen yet. 'tendril agents' says who is watching.");
            return;
        }

        var names = new NodeNames(graph);
        var callers = graph.Edges.CountBy(edge => edge.Target).ToDictionary();
        var callees = graph.Edges.CountBy(edge => edge.Source).ToDictionary();
        var table = new Table(
            new Column("service"), new Column("tier", Rank: 2), new Column("kind", Rank: 3), new Column("state"),
            new Column("listens on", Rank: 1), new Column("in", Right: true), new Column("out", Right: true),
            new Column("processes", Right: true, Rank: 5), new Column("host", Rank: 4), new Column("named by", Rank: 7), new Column("last seen", Rank: 6));
        foreach (var node in graph.Nodes.OrderBy(node => names[node.Id], StringComparer.Ordinal))
        {
            table.Add(
                new Cell(names[node.Id], Colour.Bold), Text.Clean(node.Tier), Text.Clean(node.Kind), StateOf(node), SummaryOf(node.Endpoints),
                Text.Number(callers.GetValueOrDefault(node.Id)), Text.Number(callees.GetValueOrDefault(node.Id)),
                Text.Number(node.Processes.Count(process => process.Alive)), SummaryOf(node.Hosts), Text.Clean(node.NamedBy), Text.Ago(graph.Time, node.LastSeen));
        }

        var hidden = table.Write(Screen.Output);
        Screen.Output.WriteLine();
        Screen.Output.WriteLine($"{Text.Count(graph.Nodes.Count, "service")}; in and out count dependencies");
        if (hidden.Count > 0)
        {
            Screen.Output.WriteLine(Screen.Output.Paint($"not enough room for: {string.Join(", ", hidden)}", Colour.Dim));
        }
    }

    private static Cell StateOf(Node node) => new(Text.Clean(node.State) + (node.Stale ? ", stale" : ""), node.State switch
    {
        _ when node.Stale => Colour.Dim,
        "active" => Colour.Green,
        "gone" => Colour.Dim,
        _ => Colour.Usual,
    });

    private static string SummaryOf(IReadOnlyList<string> all) => all switch
    {
        [] => "-",
        [var only] => Text.Clean(only),
        [var first, ..] => $"{Text.Clean(first)} +{all.Count - 1}",
    };
}
