using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Data.Sqlite;
using Tendril.Graph;

namespace Tendril.Operator.Memory;

/// <summary>How values are written into columns and read from them. What cannot have been written by us is a damaged file.</summary>
internal static class MemoryColumns
{
    private const int AddressBytes = 16;

    public static byte[] Blob(NetAddress address) => Blob([address]);

    public static byte[] Blob(IReadOnlyList<NetAddress> addresses)
    {
        var bytes = new byte[addresses.Count * AddressBytes];
        for (var i = 0; i < addresses.Count; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(i * AddressBytes), addresses[i].High);
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan((i * AddressBytes) + 8), addresses[i].Low);
        }

        return bytes;
    }

    public static byte[]? Blob(IReadOnlyList<uint>? numbers) => numbers is null ? null : MemoryMarshal.AsBytes<uint>([.. numbers]).ToArray();

    /// <summary>Null where there is nothing to write.</summary>
    public static string? Json<T>(T? value, JsonTypeInfo<T> type)
        where T : class => value is null ? null : JsonSerializer.Serialize(value, type);

    public static NetAddress Address(this SqliteDataReader row, int column) =>
        NetAddress.TryRead(row.GetFieldValue<byte[]>(column), out var address) ? address : throw Damaged(column);

    public static NetAddress[] Addresses(this SqliteDataReader row, int column)
    {
        var bytes = row.GetFieldValue<byte[]>(column);
        return bytes.Length % AddressBytes == 0
            ? [.. bytes.Chunk(AddressBytes).Select(chunk => NetAddress.TryRead(chunk, out var address) ? address : default)]
            : throw Damaged(column);
    }

    public static uint[]? Numbers(this SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : MemoryMarshal.Cast<byte, uint>(row.GetFieldValue<byte[]>(column)).ToArray();

    public static string? Text(this SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static T? Json<T>(this SqliteDataReader row, int column, JsonTypeInfo<T> type)
        where T : class => row.Text(column) is { } text ? JsonSerializer.Deserialize(text, type) : null;

    public static RowEndpoint Endpoint(this SqliteDataReader row, int column) =>
        new(row.Address(column), (ushort)row.GetInt32(column + 1), (Transport)row.GetInt32(column + 2));

    private static InvalidDataException Damaged(int column) => new($"column {column} holds what was never written there");
}
