using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Tendril.Graph;
using Tendril.Operator.Ingest;
using Tendril.Operator.Naming;

namespace Tendril.Operator.Memory;

/// <summary>How the memory fares. Immutable; all but the first three are counted since the operator's start.</summary>
/// <param name="Bytes">Size of the file and its log.</param>
/// <param name="UsedBytes">What of it holds something, against the limit.</param>
/// <param name="SavedAt">When what is in the file was true; null before the first save.</param>
/// <param name="Saves">Saves that were written.</param>
/// <param name="FailedSaves">Those that could not be, each time.</param>
/// <param name="SavedRows">Rows that were written or removed.</param>
/// <param name="ForgottenRows">Rows that were left out for want of room.</param>
internal sealed record MemoryStatus(long Bytes, long UsedBytes, DateTimeOffset? SavedAt, long Saves, long FailedSaves, long SavedRows, long ForgottenRows);

/// <summary>
/// Keeps the graph over restarts. The graph's writer gives it what changed, which costs it a walk over the graph; a task of its own writes that to the
/// disk. Where that fails the operator goes on without, says so once, and tries again.
/// </summary>
internal sealed partial class OperatorMemory(
    DependencyGraph graph, HostRuns runs, AgentRegistry agents, ServiceNaming naming, Marks marks, OperatorOptions options, TimeProvider clock, ILogger<OperatorMemory> log)
    : IDisposable
{
    /// <summary>A kill loses what came after the last save: that is counted by agents, which tell it again; of what they forgot it is lost.</summary>
    private static readonly TimeSpan Regular = TimeSpan.FromSeconds(2);

    /// <summary>Of a graph in which nothing happens only the time is written.</summary>
    private static readonly TimeSpan Unchanged = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>Saving takes at most one part in this many of the time, however large the graph.</summary>
    private const int SaveShare = 10;

    /// <summary>That after an agent came or went: what one told that is gone is known here alone.</summary>
    private const int HurriedSaveShare = 2;

    private readonly MemoryFile? _file = options.MemoryFile is { } path ? new MemoryFile(path, options.MaxMemoryBytes) : null;
    private readonly Dictionary<string, string> _agents = [];
    private ImmutableSortedDictionary<string, Mark> _marks = marks.All;
    private MemoryStatus _status = new(0, 0, null, 0, 0, 0, 0);
    private GraphRows? _last;
    private bool _needsAll = true;
    private string? _fault;
    private int _agentsSaved;
    private long _savedAt;
    private TimeSpan _cost;
    private TimeSpan _retryAfter;

    /// <summary>Null where nothing is to be kept.</summary>
    public MemoryStatus? Status => _file is null ? null : Volatile.Read(ref _status);

    /// <summary>The save that is under way, or the last.</summary>
    public Task Saving { get; private set; } = Task.CompletedTask;

    /// <summary>Fills the graph with what was kept. Before the writer begins.</summary>
    /// <exception cref="MemoryFileException">The file cannot be used; it is as it was.</exception>
    public void Restore()
    {
        if (_file is null)
        {
            return;
        }

        var now = clock.GetUtcNow();
        GraphRows rows;
        List<KeptAgent> kept;
        try
        {
            (rows, kept, var keptMarks) = _file.Read();
            marks.Restore(keptMarks);
            _marks = marks.All;
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            NoteFault(e);
            return;
        }

        foreach (var agent in kept)
        {
            var lastSeen = agent.Status.Connected ? new DateTimeOffset(rows.TakenAt, TimeSpan.Zero) : agent.Status.LastSeen;
            agents.Restore(agent.Host.Facts(agent.Status), agent.Status with { Connected = false, LastSeen = lastSeen }, agent.RunStartMicros, now);
        }

        var (present, leftOut) = graph.Restore(rows, now);
        runs.Restore(present);
        // Whoever asks first is shown what is remembered, not an empty graph until the writer's first publication.
        graph.Publish(now);
        if (rows.TakenAt > 0)
        {
            Log.Restored(log, _file.Path, new DateTimeOffset(rows.TakenAt, TimeSpan.Zero), rows.Services.Count, rows.Dependencies.Count, rows.Hosts.Count);
        }

        if (leftOut > 0)
        {
            Log.LeftOut(log, _file.Path, leftOut);
        }

        _needsAll = leftOut > 0 || !_file.IsOpen;
        Volatile.Write(ref _status, _status with { Bytes = _file.Bytes, UsedBytes = _file.UsedBytes });
    }

    /// <summary>Takes what changed, if it is time to. Called by the writer after a publication.</summary>
    public void SaveIfDue()
    {
        var since = clock.GetElapsedTime(_savedAt);
        var revision = agents.Revision;
        if (_file is null || !Saving.IsCompleted || (_savedAt != 0 && since < Pause(hurried: revision != _agentsSaved)))
        {
            return;
        }

        var rows = graph.TakeRows(_needsAll);
        if (rows is { IsWhole: false, Count: 0 } && since < Unchanged && ReferenceEquals(marks.All, _marks))
        {
            return;
        }

        (_savedAt, _agentsSaved) = (clock.GetTimestamp(), revision);
        Saving = Task.Run(() => Save(rows));
    }

    /// <summary>Takes what changed since; it is written when the operator ends. Called by the writer as the last thing it does.</summary>
    public void TakeLast() => _last = _file is null ? null : graph.TakeRows(_needsAll);

    public void Dispose()
    {
        Saving.Wait();
        if (_last is { } rows)
        {
            Save(rows);
        }

        _file?.Dispose();
    }

    private TimeSpan Pause(bool hurried) =>
        _retryAfter > TimeSpan.Zero ? _retryAfter : WithinPauses(_cost * (hurried ? HurriedSaveShare : SaveShare));

    private static TimeSpan WithinPauses(TimeSpan pause) => pause < Regular ? Regular : pause < LongestPause ? pause : LongestPause;

    private void Save(GraphRows rows)
    {
        var begun = clock.GetTimestamp();
        try
        {
            var changed = ChangedAgents(rows.IsWhole);
            var count = rows.Count;
            _marks = marks.All;
            var forgotten = _file!.Write(rows, changed, _marks.Values);
            Volatile.Write(ref _status, _status with
            {
                Bytes = _file.Bytes,
                UsedBytes = _file.UsedBytes,
                SavedAt = new DateTimeOffset(rows.TakenAt, TimeSpan.Zero),
                Saves = _status.Saves + 1,
                SavedRows = _status.SavedRows + count,
                ForgottenRows = _status.ForgottenRows + forgotten,
            });
            (_needsAll, _cost, _retryAfter) = (false, clock.GetElapsedTime(begun), default);
            if (forgotten > 0)
            {
                Log.Full(log, _file.Path, options.MaxMemoryBytes, forgotten);
            }

            if (_fault is not null)
            {
                Log.Recovered(log, _file.Path);
            }

            _fault = null;
        }
        catch (Exception e)
        {
            // Whatever it is, the graph goes on without.
            _file!.Close();
            _agents.Clear();
            Volatile.Write(ref _status, _status with { FailedSaves = _status.FailedSaves + 1 });
            (_needsAll, _retryAfter) = (true, WithinPauses(_retryAfter * 2));
            NoteFault(e);
        }
    }

    private void NoteFault(Exception error)
    {
        if (_fault == error.Message)
        {
            return;
        }

        _fault = error.Message;
        Log.Failed(log, _file!.Path, error.Message);
    }

    /// <summary>When an agent was last seen is not worth a row: it is as long ago as the save.</summary>
    private List<(string HostId, string? Agent)> ChangedAgents(bool all)
    {
        if (all)
        {
            _agents.Clear();
        }

        var changed = new List<(string, string?)>();
        var statuses = agents.All();
        foreach (var (status, runStartMicros) in statuses)
        {
            if (naming.HostOf(status.HostId) is not { } host)
            {
                continue;
            }

            var kept = new KeptAgent(status.Connected ? status with { LastSeen = default } : status, runStartMicros, KeptHost.Of(host));
            var text = JsonSerializer.Serialize(kept, MemoryJson.Default.KeptAgent);
            if (_agents.GetValueOrDefault(status.HostId) != text)
            {
                _agents[status.HostId] = text;
                changed.Add((status.HostId, text));
            }
        }

        foreach (var left in _agents.Keys.Except(statuses.Select(agent => agent.Status.HostId)).ToList())
        {
            _agents.Remove(left);
            changed.Add((left, null));
        }

        return changed;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{File} remembers the graph of {TakenAt:u}: {Services} services and {Dependencies} dependencies on {Hosts} hosts. It is stale until their agents report.", EventName = nameof(Restored))]
        public static partial void Restored(ILogger logger, string file, DateTimeOffset takenAt, int services, int dependencies, int hosts);

        [LoggerMessage(2, LogLevel.Warning, "{Rows} rows of {File} refer to what is not there any more, or do not fit into the limits; they are left out.", EventName = nameof(LeftOut))]
        public static partial void LeftOut(ILogger logger, string file, int rows);

        [LoggerMessage(3, LogLevel.Warning, "The graph is not kept in {File}: {Reason}. The operator goes on without and tries again at least each minute.", EventName = nameof(Failed))]
        public static partial void Failed(ILogger logger, string file, string reason);

        [LoggerMessage(4, LogLevel.Information, "The graph is kept in {File} again.", EventName = nameof(Recovered))]
        public static partial void Recovered(ILogger logger, string file);

        [LoggerMessage(5, LogLevel.Warning, "{File} reached --max-memory-bytes {Limit}: {Rows} rows were left out, those silent for longest first.", EventName = nameof(Full))]
        public static partial void Full(ILogger logger, string file, long limit, long rows);
    }
}
