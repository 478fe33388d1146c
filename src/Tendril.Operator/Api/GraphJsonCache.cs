using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tendril.Graph;

namespace Tendril.Operator.Api;

/// <summary>
/// The JSON of the whole graph and of the newest changes, written once for each version however many ask. The time and the
/// stats change without a new version, so they are written each time and joined on.
/// </summary>
internal sealed class GraphJsonCache
{
    private volatile Cached? _graph;
    private volatile Cached? _changes;

    /// <param name="now">What it is true for: a graph that did not change for an hour is not an hour old.</param>
    public byte[] Graph(GraphSnapshot snapshot, OperatorStats stats, DateTimeOffset now)
    {
        if (_graph is not { } cached || !ReferenceEquals(cached.Source, snapshot))
        {
            _graph = cached = new(snapshot, Write(new(snapshot.Nodes, snapshot.Edges, snapshot.Totals), ApiJson.Default.GraphContents));
        }

        return Join(Write(new(snapshot.Version, now), ApiJson.Default.GraphHead), cached.Json, Write(new(stats), ApiJson.Default.GraphStats));
    }

    /// <summary>Followers that are up to date all ask for the changes between the same two versions.</summary>
    public byte[] Changes(GraphChanges changes, OperatorStats stats)
    {
        if (_changes is not { Source: GraphChanges former } cached || (former.FromVersion, former.Version, former.Time) != (changes.FromVersion, changes.Version, changes.Time))
        {
            _changes = cached = new(changes, Write(changes, ApiJson.Default.GraphChanges));
        }

        return Join(cached.Json, Write(new(stats), ApiJson.Default.GraphStats));
    }

    public static byte[] Write<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);

    /// <summary>{"version":1} and {"stats":{}} make {"version":1,"stats":{}}.</summary>
    private static byte[] Join(params ReadOnlySpan<byte[]> objects)
    {
        var length = 1;
        foreach (var each in objects)
        {
            length += each.Length - 1;
        }

        var joined = new byte[length];
        var at = 0;
        foreach (var each in objects)
        {
            // Over the brace that ends the one before.
            each.CopyTo(joined, at);
            joined[at] = (byte)(at == 0 ? '{' : ',');
            at += each.Length - 1;
        }

        return joined;
    }

    private sealed record Cached(object Source, byte[] Json);
}
