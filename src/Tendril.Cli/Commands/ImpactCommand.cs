using System.CommandLine;
using Tendril.Cli.Operator;
using Tendril.Cli.Terminal;

namespace Tendril.Cli.Commands;

/// <summary><c>tendril impact</c>: what breaks if a service stops, and what it needs itself.</summary>
internal static class ImpactCommand
{
    private static readonly Argument<string> Service = new("SERVICE") { Description = "Name or id of a service, as in 'tendril services'" };

    private static readonly Option<string> Output = JsonOutput.Option();

    public static Command Create(ConnectionOptions connection)
    {
        var command = new Command("impact", "Say what breaks if a service stops") { Service, Output };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = connection.Client(parsed);
            var graph = await client.GetGraphAsync(cancellation);
            var node = NodeNames.Find(graph, parsed.GetValue(Service)!);
            if (parsed.GetValue(Output) == "json")
            {
                JsonOutput.Write(await client.GetImpactJsonAsync(node.Id, cancellation));
                return;
            }

            Write(graph, node, await client.GetImpactAsync(node.Id, cancellation));
        });
        return command.WithExamples("""
            tendril impact postgresql                           who is affected, and through whom
            tendril impact order                                likewise; also what order itself needs
            tendril impact order -o json | jq '.dependents[]'   the ids alone
            """);
    }

    private static void Write(GraphDocument graph, Node node, Impact impact)
    {
        var screen = Screen.Output;
        var names = new NodeNames(graph);
        var name = names[node.Id];
        screen.WriteLine(impact.Dependents.Count == 0
            ? $"Nothing is known to depend on {name}."
            : $"If {name} stops, {Text.Count(impact.Dependents.Count, "service is", "services are")} affected:");
        WriteWays(impact.Dependents, WaysTo(graph, node.Id), names);
        screen.WriteLine();
        screen.WriteLine(impact.Dependencies.Count == 0
            ? $"{name} needs no other service."
            : $"{name} itself needs {Text.Count(impact.Dependencies.Count, "service")}:");
        WriteWays(impact.Dependencies, WaysFrom(graph, node.Id), names);
        foreach (var cycle in impact.Cycles.Where(cycle => cycle.Count > 0))
        {
            screen.WriteLine();
            screen.WriteLine(screen.Paint($"In a circle, each depends on the others: {string.Join(", ", cycle.Select(id => names[id]))}", Colour.Yellow));
        }
    }

    private static void WriteWays(IReadOnlyList<string> ids, Dictionary<string, List<string>> ways, NodeNames names)
    {
        if (ids.Count == 0)
        {
            return;
        }

        var table = new Table(new Column("service"), new Column("how"));
        foreach (var id in ids.OrderBy(id => ways.GetValueOrDefault(id)?.Count ?? int.MaxValue).ThenBy(id => names[id], StringComparer.Ordinal))
        {
            var way = ways.GetValueOrDefault(id);
            table.Add(new Cell(names[id], Colour.Bold), way is null ? "-" : way.Count == 2 ? "directly" : string.Join(" -> ", way.Select(step => names[step])));
        }

        table.Write(Screen.Output);
    }

    /// <summary>A shortest way from every dependent to the node.</summary>
    private static Dictionary<string, List<string>> WaysTo(GraphDocument graph, string id) =>
        Search(id, graph.Edges.ToLookup(edge => edge.Target, edge => edge.Source), (step, way) => [step, .. way]);

    /// <summary>A shortest way from the node to everything it needs.</summary>
    private static Dictionary<string, List<string>> WaysFrom(GraphDocument graph, string id) =>
        Search(id, graph.Edges.ToLookup(edge => edge.Source, edge => edge.Target), (step, way) => [.. way, step]);

    private static Dictionary<string, List<string>> Search(string start, ILookup<string, string> next, Func<string, List<string>, List<string>> extend)
    {
        var ways = new Dictionary<string, List<string>>();
        var waiting = new Queue<(string Id, List<string> Way)>([(start, [start])]);
        while (waiting.TryDequeue(out var at))
        {
            foreach (var neighbour in next[at.Id].Order(StringComparer.Ordinal))
            {
                var way = extend(neighbour, at.Way);
                if (ways.TryAdd(neighbour, way) && neighbour != start)
                {
                    waiting.Enqueue((neighbour, way));
                }
            }
        }

        return ways;
    }
}
