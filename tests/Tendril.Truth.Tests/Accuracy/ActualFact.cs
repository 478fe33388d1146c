using System.Text.Json.Nodes;

namespace Tendril.Truth.Tests.Accuracy;

/// <summary>An edge of the answer, or a node without any.</summary>
internal sealed record ActualFact(string Client, string Server, string Wire, JsonNode? Edge, bool HasProcesses)
{
    public static IReadOnlyList<ActualFact> ReadAll(JsonNode graph)
    {
        var nodes = graph["nodes"]!.AsArray().ToDictionary(node => (string)node!["id"]!, node => node!);
        var edges = graph["edges"]!.AsArray().Select(edge => edge!).ToList();
        var linked = edges.SelectMany(edge => new[] { (string)edge["source"]!, (string)edge["target"]! }).ToHashSet();
        return
        [
            .. edges.Select(edge => Read(edge, nodes[(string)edge["source"]!], nodes[(string)edge["target"]!])),
            .. nodes.Where(node => !linked.Contains(node.Key)).Select(node => new ActualFact("", (string)node.Value["name"]!, "", null, true)),
        ];
    }

    /// <summary>"connectionsOpened", or "failures.refused" of what is inside of a field; empty when the answer has it not.</summary>
    public string Figure(string path) => path.Split('.').Aggregate(Edge, (json, name) => json?[name])?.ToString() ?? "";

    public override string ToString() => Edge is null ? Server
        : $"{Client} -> {Server} {Wire} opened={Edge["connectionsOpened"]} failed={Edge["connectionsFailed"]} closed={Edge["connectionsClosed"]} active={Edge["connectionsActive"]} evidence={Edge["evidence"]}"
        + $" failures={Edge["failures"]?.ToJsonString()} datagrams={Edge["datagramsSent"]}/{Edge["datagramsReceived"]}";

    private static ActualFact Read(JsonNode edge, JsonNode source, JsonNode target) => new(
        (string)source["name"]!, (string)target["name"]!, $"{edge["transport"]}/{edge["port"]}", edge,
        source["processes"]!.AsArray().Count > 0 && target["processes"]!.AsArray().Count > 0);
}
