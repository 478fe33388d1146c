using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Tendril.Agent.Export;
using Tendril.Protocol;

namespace Tendril.Agent.Tests.Export;

/// <summary>An owner of tables: what is there, and what changed since it was asked last.</summary>
internal sealed class TestReports : Reports
{
    private readonly ConcurrentQueue<Report> _changes = [];

    public int Chunks { get; init; } = 3;

    public int FullTaken { get; private set; }

    public ConcurrentQueue<uint?> Budgets { get; } = [];

    public ulong LastAcknowledged { get; private set; }

    public void Change(uint number) => _changes.Enqueue(Of(number));

    public override IEnumerable<Report> Full()
    {
        FullTaken++;
        for (uint chunk = 1; chunk <= Chunks; chunk++)
        {
            yield return Of(chunk);
        }
    }

    public override Report? NextChanges() => _changes.TryDequeue(out var report) ? report : null;

    public override void Acknowledged(ulong sequence) => LastAcknowledged = sequence;

    public override void FlowEventBudget(uint? eventsPerSecond) => Budgets.Enqueue(eventsPerSecond);

    private static Report Of(uint number) => new() { Processes = { new Process { Number = number } } };
}

/// <summary>Keeps what was logged.</summary>
internal sealed class LogSink<T> : ILogger<T>
{
    public ConcurrentQueue<(LogLevel Level, string Text)> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        => Lines.Enqueue((logLevel, formatter(state, exception)));

    public int Count(string part) => Lines.Count(line => line.Text.Contains(part, StringComparison.Ordinal));
}
