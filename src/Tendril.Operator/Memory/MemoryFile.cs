using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Tendril.Graph;
using Tendril.Protocol.Credentials;

namespace Tendril.Operator.Memory;

/// <summary>
/// The SQLite file that the graph is kept in. One transaction for each save, in a write-ahead log: a kill at any moment leaves the last save that was
/// complete, a power cut one of the last. Nobody else may have it open.
/// </summary>
internal sealed class MemoryFile(string path, long maxBytes) : IDisposable
{
    /// <summary>"TNDR", by which `file` and we tell it from other SQLite files.</summary>
    private const int ApplicationId = 0x544E_4452;

    private const int PageBytes = 4096;

    /// <summary>Fuller than this, room is made before anything is added.</summary>
    private const double Full = 0.9;

    private SqliteConnection? _connection;

    public string Path => path;

    /// <summary>It can be written, as far as is known; what was read is what is in it.</summary>
    public bool IsOpen => _connection is not null;

    /// <summary>Size of the file and of its log.</summary>
    public long Bytes => new[] { path, path + "-wal" }.Select(name => new FileInfo(name)).Where(file => file.Exists).Sum(file => file.Length);

    /// <summary>Pages that hold something.</summary>
    public long UsedBytes => _connection is null ? 0 : (Number("PRAGMA page_count") - Number("PRAGMA freelist_count")) * PageBytes;

    /// <summary>Reads all that is kept; empty rows for a file that is not there yet.</summary>
    /// <exception cref="MemoryFileException">It is not ours, damaged, of another version, or in use.</exception>
    public (GraphRows Rows, List<KeptAgent> Agents, List<Mark> Marks) Read()
    {
        try
        {
            try
            {
                Open();
            }
            catch (Exception e) when (IsReadOnly(e) && File.Exists(path))
            {
                // What is there can be shown although nothing can be added; each save tries again.
                Connect($"file:{Uri.EscapeDataString(System.IO.Path.GetFullPath(path)).Replace("%2F", "/", StringComparison.Ordinal)}?immutable=1", SqliteOpenMode.ReadOnly);
                Check();
                var read = ReadAll();
                Close();
                return read;
            }

            return ReadAll();
        }
        catch (Exception e) when (Refusal(e) is { } refusal)
        {
            Close();
            throw refusal;
        }
    }

    /// <summary>Writes rows, and all marks, all or nothing. Where the file may not grow any more, what was silent for longest is left out.</summary>
    /// <returns>How many rows were left out or removed for want of room.</returns>
    public long Write(GraphRows rows, IReadOnlyList<(string HostId, string? Agent)> agents, IEnumerable<Mark> marks)
    {
        if (!File.Exists(path))
        {
            // Somebody took it away: what is open now is a file without a name.
            Close();
        }

        if (_connection is null && !rows.IsWhole)
        {
            throw new IOException("it was taken away, and is written anew");
        }

        if (_connection is null)
        {
            Open();
        }

        var forgotten = 0L;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                if (UsedBytes > maxBytes * Full && !rows.IsWhole)
                {
                    forgotten += MakeRoom();
                }

                WriteAll(rows, agents, marks);
                return forgotten;
            }
            catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_FULL && attempt < 8 && HasDiskSpace())
            {
                forgotten += rows.IsWhole ? LeaveOut(rows) : MakeRoom();
            }
        }
    }

    /// <summary>Closes the file; a later save opens it again, and must be whole.</summary>
    public void Close()
    {
        _connection?.Dispose();
        _connection = null;
    }

    public void Dispose() => Close();

    private void Open()
    {
        if (!File.Exists(path))
        {
            // Only its owner reads it: it holds names and addresses of everything.
            SecretFile.Append(path, "");
        }

        try
        {
            Connect(path, SqliteOpenMode.ReadWrite);
            // The first look at the file takes the lock, and keeps it.
            Execute("PRAGMA locking_mode = EXCLUSIVE");
            if (IsNew())
            {
                using var transaction = _connection!.BeginTransaction();
                Execute($"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {MemorySchema.Version}; {MemorySchema.Create}", transaction);
                transaction.Commit();
            }

            Check();
            Execute($"PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = {PageBytes * 1000}; PRAGMA max_page_count = {maxBytes / PageBytes}");
            // Only a write shows whether it can be written.
            using var write = _connection!.BeginTransaction();
            Execute("DELETE FROM kept WHERE 0", write);
            write.Commit();
        }
        catch
        {
            Close();
            throw;
        }
    }

    private void Connect(string source, SqliteOpenMode mode)
    {
        var settings = new SqliteConnectionStringBuilder { DataSource = source, Mode = mode, Pooling = false, DefaultTimeout = 1 };
        _connection = new SqliteConnection(settings.ToString());
        _connection.Open();
    }

    /// <summary>Nothing was ever written into it, or its first save did not end.</summary>
    private bool IsNew() =>
        Number("PRAGMA application_id") == 0 && Number("PRAGMA user_version") == 0 && Number("SELECT count(*) FROM sqlite_schema") == 0;

    private void Check()
    {
        if (Number("PRAGMA application_id") != ApplicationId)
        {
            throw new MemoryFileException($"--memory: '{path}' is a SQLite file, but not the memory of an operator. It was left as it is; name another file");
        }

        var version = Number("PRAGMA user_version");
        if (version != MemorySchema.Version)
        {
            throw new MemoryFileException(
                $"--memory: '{path}' has schema {version}, and this operator ({OperatorHelp.Version}) knows schema {MemorySchema.Version}. It was left as it is; "
                + $"run the {(version > MemorySchema.Version ? "newer" : "older")} operator that wrote it, or begin anew: mv {path} {path}.old");
        }

        using var command = Command("PRAGMA quick_check(1)");
        if (command.ExecuteScalar() is not "ok" and var fault)
        {
            throw new InvalidDataException(fault?.ToString());
        }
    }

    private (GraphRows Rows, List<KeptAgent> Agents, List<Mark> Marks) ReadAll()
    {
        var (takenAt, downtimes) = (0L, new List<Downtime>());
        using (var command = Command("SELECT taken_at, downtimes FROM kept"))
        using (var reader = command.ExecuteReader())
        {
            if (reader.Read())
            {
                (takenAt, downtimes) = (reader.GetInt64(0), reader.Json(1, MemoryJson.Default.ListDowntime) ?? []);
            }
        }

        var rows = new GraphRows { IsWhole = true, TakenAt = takenAt, Downtimes = downtimes };
        MemorySchema.Hosts.ReadAll(_connection!, rows.Hosts);
        MemorySchema.Runs.ReadAll(_connection!, rows.Runs);
        MemorySchema.Places.ReadAll(_connection!, rows.Places);
        MemorySchema.Services.ReadAll(_connection!, rows.Services);
        MemorySchema.Processes.ReadAll(_connection!, rows.Processes);
        MemorySchema.Listeners.ReadAll(_connection!, rows.Listeners);
        MemorySchema.Dependencies.ReadAll(_connection!, rows.Dependencies);
        MemorySchema.Edges.ReadAll(_connection!, rows.Edges);
        MemorySchema.Links.ReadAll(_connection!, rows.Links);
        var agents = new List<KeptAgent>();
        using (var command = Command("SELECT agent FROM agents"))
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                agents.Add(reader.Json(0, MemoryJson.Default.KeptAgent)!);
            }
        }

        var marks = new List<Mark>();
        using (var command = Command("SELECT name, at, note FROM marks"))
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                marks.Add(new Mark(reader.GetString(0), new DateTimeOffset(reader.GetInt64(1), TimeSpan.Zero), reader.Text(2)));
            }
        }

        return (rows, agents, marks);
    }

    private void WriteAll(GraphRows rows, IReadOnlyList<(string HostId, string? Agent)> agents, IEnumerable<Mark> marks)
    {
        using var transaction = _connection!.BeginTransaction();
        if (rows.IsWhole)
        {
            Execute(string.Concat(Enum.GetValues<RowKind>().Select(kind => $"DELETE FROM {MemorySchema.NameOf(kind)};")) + "DELETE FROM agents;", transaction);
        }

        foreach (var kind in rows.Forgotten.GroupBy(row => row.Kind))
        {
            using var remove = Command($"DELETE FROM {MemorySchema.NameOf(kind.Key)} WHERE row = $row", transaction);
            var number = remove.Parameters.Add(new SqliteParameter { ParameterName = "$row" });
            foreach (var row in kind)
            {
                number.Value = row.Row;
                remove.ExecuteNonQuery();
            }
        }

        MemorySchema.Hosts.Write(_connection, transaction, rows.Hosts);
        MemorySchema.Runs.Write(_connection, transaction, rows.Runs);
        MemorySchema.Places.Write(_connection, transaction, rows.Places);
        MemorySchema.Services.Write(_connection, transaction, rows.Services);
        MemorySchema.Processes.Write(_connection, transaction, rows.Processes);
        MemorySchema.Listeners.Write(_connection, transaction, rows.Listeners);
        MemorySchema.Dependencies.Write(_connection, transaction, rows.Dependencies);
        MemorySchema.Edges.Write(_connection, transaction, rows.Edges);
        MemorySchema.Links.Write(_connection, transaction, rows.Links);
        foreach (var (hostId, agent) in agents)
        {
            using var command = Command(agent is null ? "DELETE FROM agents WHERE host_id = $id" : "INSERT OR REPLACE INTO agents VALUES ($id, $agent)", transaction);
            command.Parameters.AddWithValue("$id", hostId);
            if (agent is not null)
            {
                command.Parameters.AddWithValue("$agent", agent);
            }

            command.ExecuteNonQuery();
        }

        Execute("DELETE FROM marks", transaction);
        foreach (var mark in marks)
        {
            using var command = Command("INSERT INTO marks VALUES ($name, $at, $note)", transaction);
            command.Parameters.AddWithValue("$name", mark.Name);
            command.Parameters.AddWithValue("$at", mark.At.UtcTicks);
            command.Parameters.AddWithValue("$note", (object?)mark.Note ?? DBNull.Value);
            command.ExecuteNonQuery();
        }

        using var kept = Command("DELETE FROM kept; INSERT INTO kept VALUES ($taken_at, $downtimes)", transaction);
        kept.Parameters.AddWithValue("$taken_at", rows.TakenAt);
        kept.Parameters.AddWithValue("$downtimes", JsonSerializer.Serialize([.. rows.Downtimes], MemoryJson.Default.ListDowntime));
        kept.ExecuteNonQuery();
        transaction.Commit();
    }

    /// <summary>Removes a tenth of the dependencies, those that were silent for longest, and what nothing refers to any more.</summary>
    private long MakeRoom()
    {
        using var transaction = _connection!.BeginTransaction();
        long removed = 0;
        foreach (var statement in (string[])
        [
            "DELETE FROM edges WHERE last_seen <= (SELECT last_seen FROM dependencies ORDER BY last_seen LIMIT 1 OFFSET (SELECT count(*) / 10 FROM dependencies))",
            "DELETE FROM dependencies WHERE row IN (SELECT row FROM dependencies ORDER BY last_seen LIMIT (SELECT count(*) / 10 + 1 FROM dependencies))",
            "DELETE FROM processes WHERE alive = 0 AND row NOT IN (SELECT process FROM dependencies) AND row NOT IN (SELECT client FROM links)",
        ])
        {
            using var command = Command(statement, transaction);
            removed += command.ExecuteNonQuery();
        }

        transaction.Commit();
        return removed;
    }

    /// <summary>The same for rows that are yet to be written.</summary>
    private static long LeaveOut(GraphRows rows)
    {
        var before = rows.Count;
        rows.Dependencies.Sort((one, other) => other.LastSeen.CompareTo(one.LastSeen));
        var kept = rows.Dependencies.Count * 8 / 10;
        rows.Dependencies.RemoveRange(kept, rows.Dependencies.Count - kept);
        var oldest = kept == 0 ? long.MaxValue : rows.Dependencies[^1].LastSeen;
        rows.Edges.RemoveAll(edge => edge.Past.LastSeen < oldest);
        var used = rows.Dependencies.Select(dependency => dependency.Process).Concat(rows.Links.Select(link => link.Client)).ToHashSet();
        rows.Processes.RemoveAll(process => !process.Alive && !used.Contains(process.Row));
        return before - rows.Count;
    }

    /// <summary>Whether it is its own limit that the file reached, and not the disk's end.</summary>
    private bool HasDiskSpace() =>
        new DriveInfo(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!).AvailableFreeSpace > Math.Min(maxBytes, 4 * 1024 * 1024);

    private SqliteCommand Command(string text, SqliteTransaction? transaction = null)
    {
        var command = _connection!.CreateCommand();
        (command.CommandText, command.Transaction) = (text, transaction);
        return command;
    }

    private void Execute(string text, SqliteTransaction? transaction = null)
    {
        using var command = Command(text, transaction);
        command.ExecuteNonQuery();
    }

    private long Number(string text)
    {
        using var command = Command(text);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static bool IsReadOnly(Exception error) => error is UnauthorizedAccessException
        or SqliteException { SqliteErrorCode: raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_FULL or raw.SQLITE_IOERR };

    /// <summary>What makes the file unusable until somebody looks at it; null for what may pass, such as a full disk.</summary>
    private MemoryFileException? Refusal(Exception error) => error switch
    {
        MemoryFileException refusal => refusal,
        SqliteException { SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED } => new(
            $"--memory: '{path}' is in use by another operator. Stop that one, or give each a file of its own", canPass: true),
        SqliteException { SqliteErrorCode: raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT } or InvalidDataException or InvalidCastException or JsonException or FormatException
            or SqliteException { SqliteErrorCode: raw.SQLITE_ERROR } or OverflowException => new(
            $"--memory: '{path}' is damaged ({error.Message}). It was left as it is; take it away to begin anew: mv {path} {path}.damaged"),
        _ => null,
    };
}
