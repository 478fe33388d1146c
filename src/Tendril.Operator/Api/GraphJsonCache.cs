using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Tendril.Graph;

namespace Tendril.Operator.Api;

/// <summary>
/// The JSON of the whole graph and of the newest changes, written once for each version however many ask. The stats change
/// without a new version, so they are written each time and joined on.
/// </summary>
internal sealed class GraphJsonCache
{
    private volatile Cached? _graph;
    private volatile Cached? _changes;

    public byte[] Graph(GraphSnapshot snapshot, OperatorStats stats)
    {
        if (_graph is not { } cached || !ReferenceEquals(cached.Source, snapshot))
        {
            _graph = cached = new(snapshot, 0, JsonSerializer.SerializeToUtf8Bytes(snapshot, ApiJson.Default.GraphSnapshot));
        }

        return Join(cached.Json, stats);
    }

    /// <summary>Followers that are up to date all ask for the changes between the same two versions.</summary>
    public byte[] Changes(GraphChanges changes, OperatorStats stats)
    {
        if (_changes is not { } cached || cached.FromVersion != changes.FromVersion || ((GraphChanges)cached.Source).Version != changes.Version)
        {
            _changes = cached = new(changes, changes.FromVersion, JsonSerializer.SerializeToUtf8Bytes(changes, ApiJson.Default.GraphChanges));
        }

        return Join(cached.Json, stats);
    }

    public static byte[] Write<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);

    /// <summary>{"version":1} and stats make {"version":1,"stats":{}}.</summary>
    private static byte[] Join(byte[] json, OperatorStats stats)
    {
        var buffer = new ArrayBufferWriter<byte>(json.Length + 1024);
        buffer.Write(json.AsSpan(0, json.Length - 1));
        buffer.Write(",\"stats\":"u8);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            JsonSerializer.Serialize(writer, stats, ApiJson.Default.OperatorStats);
        }

        buffer.Write("}"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private sealed record Cached(object Source, long FromVersion, byte[] Json);
}
