using Tendril.Cli.Terminal;

namespace Tendril.Cli.Operator;

/// <summary>What a node is called on the screen: its name, with the id behind it where two nodes have the same one.</summary>
internal sealed class NodeNames
{
    private readonly Dictionary<string, string> _names = [];

    public NodeNames(GraphDocument graph)
    {
        foreach (var same in graph.Nodes.GroupBy(node => Text.Clean(node.Name)))
        {
            var unique = same.Take(2).Count() == 1 && same.Key.Length > 0;
            foreach (var node in same)
            {
                _names[node.Id] = unique ? same.Key : $"{same.Key} ({Text.Clean(node.Id)})".TrimStart();
            }
        }
    }

    public string this[string id] => _names.GetValueOrDefault(id) ?? Text.Clean(id);

    /// <summary>The one node a user means by an id or a name.</summary>
    public static Node Find(GraphDocument graph, string wanted)
    {
        var found = graph.Nodes.Where(node => node.Id == wanted).Take(1).ToList();
        if (found.Count == 0)
        {
            found = [.. graph.Nodes.Where(node => string.Equals(node.Name, wanted, StringComparison.OrdinalIgnoreCase))];
        }

        return found switch
        {
            [var node] => node,
            [] => throw new CommandFailedException(
                CommandFailedException.Failed, $"there is no service '{wanted}' in the graph.", "'tendril services' lists them all."),
            _ => throw new CommandFailedException(
                CommandFailedException.WronglyUsed,
                $"{found.Count} services are called '{wanted}'. Use the id of one of them:\n  {string.Join("\n  ", found.Select(node => node.Id))}",
                ""),
        };
    }
}
