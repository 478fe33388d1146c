using System.CommandLine;
using Tendril.Cli.Operator;
using Tendril.Cli.Terminal;

namespace Tendril.Cli.Commands;

/// <summary><c>tendril explain</c>: why an edge is in the graph.</summary>
internal static class ExplainCommand
{
    /// <summary>Between two services there may be an edge for each of many ports; more than this many screens nobody reads.</summary>
    private const int MostShown = 4;

    private static readonly Argument<string> Client = new("CLIENT") { Description = "Name or id of the service that depends on the other; or, alone, the id of an edge" };

    private static readonly Argument<string?> Server = new("SERVER")
    {
        Description = "Name or id of the service it depends on",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Print the operator's answer, every field, one line for each edge" };

    public static Command Create(ConnectionOptions connection)
    {
        var command = new Command("explain", "Say why a dependency is in the graph: who reported it, since when, and what named its ends") { Client, Server, Json };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = connection.Client(parsed);
            var graph = await client.GetGraphAsync(cancellation);
            var edges = FindEdges(graph, parsed.GetValue(Client)!, parsed.GetValue(Server));
            await (parsed.GetValue(Json) ? WriteJsonAsync(client, edges, cancellation) : WriteAsync(client, graph, edges, cancellation));
        });
        return command.WithExamples("""
            tendril explain order postgresql            every report behind this dependency, in words
            tendril explain --json order postgresql     the operator's own answer, for a script
            tendril graph -o json | jq '.edges[].id'    ids, each of which explain takes alone
            """);
    }

    private static async Task WriteJsonAsync(OperatorClient client, List<Edge> edges, CancellationToken cancellation)
    {
        foreach (var edge in edges)
        {
            JsonOutput.Write(await client.GetEdgeJsonAsync(edge.Id, cancellation) ?? throw new CommandFailedException(
                CommandFailedException.Failed, $"the operator does not tell of the edge '{edge.Id}'.", "It is older than this command line, or the edge has just left the graph."));
        }
    }

    private static async Task WriteAsync(OperatorClient client, GraphDocument graph, List<Edge> edges, CancellationToken cancellation)
    {
        var screen = new EdgeScreen(graph.Time, new NodeNames(graph));
        foreach (var edge in edges.Take(MostShown))
        {
            screen.Write(await client.GetEdgeAsync(edge.Id, cancellation) ?? Untold(graph, edge));
            Screen.Output.WriteLine();
        }

        Screen.Output.WriteLine(edges.Count switch
        {
            1 => $"edge {Text.Clean(edges[0].Id)}",
            <= MostShown => $"{edges.Count} edges between the two: {string.Join(", ", edges.Select(edge => Text.Clean(edge.Id)))}",
            _ => $"{edges.Count - MostShown} more edges between the two, each explained by its id:\n  {string.Join("\n  ", edges.Skip(MostShown).Select(edge => Text.Clean(edge.Id)))}",
        });
    }

    /// <summary>What an operator that is older, or has just forgotten the edge, told in the graph.</summary>
    private static EdgeAnswer Untold(GraphDocument graph, Edge edge)
    {
        return new EdgeAnswer { Edge = edge, Source = EndOf(edge.Source), Target = EndOf(edge.Target), IsUntold = true };

        EdgeEnd EndOf(string id) => graph.Nodes.FirstOrDefault(node => node.Id == id) is { } node ? new() { Kind = node.Kind, NamedBy = node.NamedBy } : new();
    }

    /// <summary>The edge of that id, or all from one service to another, the busiest first; or a refusal that says what there is.</summary>
    private static List<Edge> FindEdges(GraphDocument graph, string client, string? server)
    {
        if (server is null)
        {
            return graph.Edges.FirstOrDefault(edge => edge.Id == client) is { } one ? [one] : throw NoSuchEdge(graph, client);
        }

        var (source, target) = (NodeNames.Find(graph, client), NodeNames.Find(graph, server));
        var edges = graph.Edges.Where(edge => edge.Source == source.Id && edge.Target == target.Id)
            .OrderByDescending(edge => edge.ConnectionsOpened + edge.ConnectionsFailed).ThenBy(edge => edge.Id, StringComparer.Ordinal).ToList();
        return edges.Count > 0 ? edges : throw NothingBetween(graph, source, target);
    }

    private static CommandFailedException NoSuchEdge(GraphDocument graph, string id)
    {
        if (!graph.Nodes.Any(node => node.Id == id || string.Equals(node.Name, id, StringComparison.OrdinalIgnoreCase)))
        {
            return new(CommandFailedException.Failed, $"there is no edge with the id '{id}' in the graph.", "'tendril explain CLIENT SERVER' finds it by its two services.");
        }

        var node = NodeNames.Find(graph, id);
        return new(
            CommandFailedException.WronglyUsed, $"'{id}' is a service; an edge has two. Which dependency is meant?", string.Join('\n', NeighboursOf(graph, node)));
    }

    private static CommandFailedException NothingBetween(GraphDocument graph, Node source, Node target)
    {
        var names = new NodeNames(graph);
        var remedy = graph.Edges.Any(edge => edge.Source == target.Id && edge.Target == source.Id)
            ? [$"It is the other way round: 'tendril explain {names[target.Id]} {names[source.Id]}'."]
            : NeighboursOf(graph, source).Concat(NeighboursOf(graph, target));
        return new(CommandFailedException.Failed, $"{names[source.Id]} was not seen to depend on {names[target.Id]}.", string.Join('\n', remedy));
    }

    private static IEnumerable<string> NeighboursOf(GraphDocument graph, Node node)
    {
        var names = new NodeNames(graph);
        var name = names[node.Id];
        yield return Say($"{name} depends on", graph.Edges.Where(edge => edge.Source == node.Id).Select(edge => names[edge.Target]));
        yield return Say($"on {name} depend", graph.Edges.Where(edge => edge.Target == node.Id).Select(edge => names[edge.Source]));

        static string Say(string what, IEnumerable<string> whom)
        {
            const int Enough = 12;
            var all = whom.Distinct().Order(StringComparer.Ordinal).ToList();
            return $"  {what}: {(all.Count == 0 ? "nothing" : string.Join(", ", all.Take(Enough)))}{(all.Count > Enough ? $" and {all.Count - Enough} more" : "")}";
        }
    }
}
