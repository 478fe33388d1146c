using System.Text.Json;

namespace Tendril.Operator.Tests;

/// <summary>Short ways to say what is in a graph's JSON.</summary>
internal static class GraphJson
{
    public static List<string> Names(this JsonElement graph) =>
        [.. graph.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("name").GetString()!).Order(StringComparer.Ordinal)];

    public static JsonElement Node(this JsonElement graph, string name) =>
        graph.GetProperty("nodes").EnumerateArray().Single(node => node.GetProperty("name").GetString() == name);

    /// <summary>"client -> server opened", sorted.</summary>
    public static List<string> Edges(this JsonElement graph)
    {
        var names = graph.GetProperty("nodes").EnumerateArray().ToDictionary(node => node.GetProperty("id").GetString()!, node => node.GetProperty("name").GetString());
        return [.. graph.GetProperty("edges").EnumerateArray()
            .Select(edge => $"{names[edge.GetProperty("source").GetString()!]} -> {names[edge.GetProperty("target").GetString()!]} {edge.GetProperty("connectionsOpened")}")
            .Order(StringComparer.Ordinal)];
    }
}
