using System.Text.Json.Nodes;
using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.Faults;

/// <summary>What is counted of one dependency: connections, and bytes as its client sees them.</summary>
internal readonly record struct Figures(long Opened, long Failed, long Closed, long Sent, long Received)
{
    public static Figures operator +(Figures a, Figures b) =>
        new(a.Opened + b.Opened, a.Failed + b.Failed, a.Closed + b.Closed, a.Sent + b.Sent, a.Received + b.Received);

    public static Figures operator -(Figures a, Figures b) =>
        new(a.Opened - b.Opened, a.Failed - b.Failed, a.Closed - b.Closed, a.Sent - b.Sent, a.Received - b.Received);

    public long Open => Opened - Closed;

    /// <summary>In how many of its counters it is another one.</summary>
    public int DifferencesTo(Figures other) =>
        (Opened == other.Opened ? 0 : 1) + (Failed == other.Failed ? 0 : 1) + (Closed == other.Closed ? 0 : 1) + (Sent == other.Sent ? 0 : 1)
        + (Received == other.Received ? 0 : 1);

    /// <summary>Whether none of its counters is outside of these.</summary>
    public bool IsWithin(Figures least, Figures most) =>
        IsBetween(Opened, least.Opened, most.Opened) && IsBetween(Failed, least.Failed, most.Failed) && IsBetween(Closed, least.Closed, most.Closed)
        && IsBetween(Sent, least.Sent, most.Sent) && IsBetween(Received, least.Received, most.Received);

    /// <summary>The dependencies that a graph shows, by "client -> server tcp/8001".</summary>
    public static IReadOnlyDictionary<string, (Figures Figures, long Active)> Of(TestGraph graph)
    {
        var names = graph.Nodes.ToDictionary(node => (string)node["id"]!, node => (string)node["name"]!);
        return graph.Edges.ToDictionary(
            edge => $"{names[(string)edge["source"]!]} -> {names[(string)edge["target"]!]} {edge["transport"]}/{edge["port"]}",
            edge => (new Figures(Count(edge, "connectionsOpened"), Count(edge, "connectionsFailed"), Count(edge, "connectionsClosed"), Count(edge, "bytesSent"), Count(edge, "bytesReceived")),
                Count(edge, "connectionsActive")));
    }

    private static bool IsBetween(long value, long least, long most) => value >= least && value <= most;

    private static long Count(JsonNode edge, string counter) => edge[counter]!.GetValue<long>();
}
