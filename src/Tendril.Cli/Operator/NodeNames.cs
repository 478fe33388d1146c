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
                CommandFailedException.Failed, $"there is no service '{wanted}' in the graph.", $"{Nearest(graph, wanted)}'tendril services' lists them all."),
            _ => throw new CommandFailedException(
                CommandFailedException.WronglyUsed,
                $"{found.Count} services are called '{wanted}'. Use the id of one of them:\n  {string.Join("\n  ", found.Select(node => node.Id))}",
                ""),
        };
    }

    /// <summary>Names that may have been meant: those that hold what was typed, then those a few letters away.</summary>
    private static string Nearest(GraphDocument graph, string wanted)
    {
        const int Enough = 5;
        var near = graph.Nodes.Select(node => Text.Clean(node.Name)).Where(name => name.Length > 0).Distinct()
            .Select(name => (Name: name, Distance: name.Contains(wanted, StringComparison.OrdinalIgnoreCase) ? 0 : Distance(name.ToUpperInvariant(), wanted.ToUpperInvariant())))
            .Where(near => near.Distance <= Math.Max(1, wanted.Length / 3))
            .OrderBy(near => near.Distance).ThenBy(near => near.Name, StringComparer.Ordinal)
            .Select(near => near.Name).Take(Enough).ToList();
        return near.Count == 0 ? "" : $"Near to it: {string.Join(", ", near)}. ";
    }

    /// <summary>Levenshtein: letters put in, left out or changed.</summary>
    private static int Distance(string one, string other)
    {
        var above = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 0; i < one.Length; i++)
        {
            var row = new int[other.Length + 1];
            row[0] = i + 1;
            for (var j = 0; j < other.Length; j++)
            {
                row[j + 1] = Math.Min(Math.Min(row[j], above[j + 1]) + 1, above[j] + (one[i] == other[j] ? 0 : 1));
            }

            above = row;
        }

        return above[^1];
    }
}
