using System.Text.Json.Nodes;
using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.Truth.Tests.Identity;

/// <summary>What the nodes are called, and why.</summary>
internal static class Names
{
    /// <summary>By name, each node's id and what it was named by.</summary>
    public static async Task<IReadOnlyDictionary<string, (string Id, string Source)>> ReadAsync(OperatorProcess @operator) =>
        JsonNode.Parse(await @operator.GetAsync("/api/dependency-graph"))!["nodes"]!.AsArray()
            .ToDictionary(node => (string)node!["name"]!, node => ((string)node!["id"]!, (string)node["namedBy"]!));
}
