using Microsoft.Data.Sqlite;

namespace Tendril.Operator.Memory;

/// <summary>A table of the memory: one row for each state of the graph, known by its number.</summary>
/// <param name="Columns">As in CREATE TABLE, the first is the number.</param>
/// <param name="Values">In that order.</param>
internal sealed record MemoryTable<T>(string Name, string[] Columns, Func<T, object?[]> Values, Func<SqliteDataReader, T> Read)
{
    public string Schema => $"CREATE TABLE {Name} ({string.Join(", ", Columns)}) STRICT;";

    public void Write(SqliteConnection connection, SqliteTransaction transaction, IReadOnlyList<T> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"INSERT OR REPLACE INTO {Name} VALUES ({string.Join(", ", Columns.Select((_, i) => $"${i}"))})";
        var parameters = Columns.Select((_, i) => command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" })).ToArray();
        foreach (var row in rows)
        {
            var values = Values(row);
            for (var i = 0; i < values.Length; i++)
            {
                parameters[i].Value = values[i] ?? DBNull.Value;
            }

            command.ExecuteNonQuery();
        }
    }

    public void ReadAll(SqliteConnection connection, List<T> rows)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT * FROM {Name} ORDER BY 1";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            rows.Add(Read(reader));
        }
    }
}
