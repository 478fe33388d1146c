using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Tendril.EndToEnd.Tests.Harness;

/// <summary>How much of the graph a text shows.</summary>
[Flags]
internal enum GraphDetail
{
    /// <summary>Names only.</summary>
    None = 0,

    /// <summary>Opened, failed, closed, active.</summary>
    Connections = 1,

    Bytes = 2,

    Evidence = 4,

    All = Connections | Bytes | Evidence,
}

/// <summary>A graph as the operator answers it.</summary>
internal sealed class TestGraph(JsonNode json)
{
    public IReadOnlyList<JsonNode> Nodes => [.. json["nodes"]!.AsArray().Select(node => node!)];

    public IReadOnlyList<JsonNode> Edges => [.. json["edges"]!.AsArray().Select(edge => edge!)];

    public JsonNode Stats => json["stats"]!;

    /// <summary>The agent that is connected, or the only one there is.</summary>
    public JsonNode Agent => Stats["agents"]!.AsArray().Single()!;

    public bool HasConnectedAgent => Stats["agents"]!.AsArray().Any(agent => agent!["connected"]!.GetValue<bool>());

    /// <summary>What found no place, of "dependency_map", "flow_map" and so on.</summary>
    public long Overflow(string map) => Agent["counterOverflows"]![map]?.GetValue<long>() ?? 0;

    /// <summary>
    /// Every node and every edge, a line each, sorted: "server:8001 [tcp/127.0.0.1:8001]" and
    /// "client -> server:8001 tcp/8001 opened=1 failed=0 closed=1 active=0 sent=64 received=64 evidence=both".
    /// </summary>
    public string Text(GraphDetail detail = GraphDetail.All)
    {
        var names = Nodes.ToDictionary(node => (string)node["id"]!, node => (string)node["name"]!);
        var nodes = Nodes.Select(node => $"{node["name"]} [{string.Join(' ', node["endpoints"]!.AsArray())}]");
        var edges = Edges.Select(edge => Line(edge, names, detail));
        return string.Join('\n', nodes.Concat(edges).Order(StringComparer.Ordinal));
    }

    public JsonNode Node(string name) => Nodes.Single(node => (string)node["name"]! == name);

    /// <summary>A sum over all edges, such as "connectionsOpened".</summary>
    public long Sum(string counter) => Edges.Sum(edge => edge[counter]!.GetValue<long>());

    private static string Line(JsonNode edge, Dictionary<string, string> names, GraphDetail detail)
    {
        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"{names[(string)edge["source"]!]} -> {names[(string)edge["target"]!]} {edge["transport"]}/{edge["port"]}");
        if (detail.HasFlag(GraphDetail.Connections))
        {
            line.Append(CultureInfo.InvariantCulture, $" opened={edge["connectionsOpened"]} failed={edge["connectionsFailed"]}");
            line.Append(CultureInfo.InvariantCulture, $" closed={edge["connectionsClosed"]} active={edge["connectionsActive"]}");
        }

        if (detail.HasFlag(GraphDetail.Bytes))
        {
            line.Append(CultureInfo.InvariantCulture, $" sent={edge["bytesSent"]} received={edge["bytesReceived"]}");
        }

        if (detail.HasFlag(GraphDetail.Evidence))
        {
            line.Append(CultureInfo.InvariantCulture, $" evidence={edge["evidence"]}");
        }

        return line.ToString();
    }
}
