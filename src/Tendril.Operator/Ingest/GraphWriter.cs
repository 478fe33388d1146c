using System.Diagnostics;
using Grpc.Core;
using Tendril.Graph;
using Tendril.Operator.Memory;

namespace Tendril.Operator.Ingest;

/// <summary>
/// The one owner of the graph: applies what the agents report and publishes snapshots, each second, and sooner when the graph's
/// shape changed. Readers take the published snapshots and never wait for it.
/// </summary>
internal sealed partial class GraphWriter(
    DependencyGraph graph, IngestQueue queue, HostRuns runs, FlowFeed flows, GraphFeed feed, AgentRegistry agents,
    EdgeQuestions questions, OperatorMemory memory, OperatorOptions options, TimeProvider clock, GraphClock graphClock, ILogger<GraphWriter> log) : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Regular = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan NewsLast = TimeSpan.FromSeconds(2);

    /// <summary>An agent that began a full report and does not end it may not keep the graph from being shown.</summary>
    private static readonly TimeSpan FullWithin = TimeSpan.FromSeconds(5);

    /// <summary>Publishing takes at most one part in this many of the writer's time, however large the graph.</summary>
    private const int PublishShare = 5;

    /// <summary>
    /// But no longer than this between two: the first time that a whole fleet reports costs seconds, the next one does not, and nobody should wait for it
    /// as if it did.
    /// </summary>
    private static readonly TimeSpan PublishWithin = TimeSpan.FromSeconds(10);

    private const int ItemsPerRound = 256;
    private long _publishedAt;
    private TimeSpan _publishCost;
    private long _newsAt;
    private bool _hasNews;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RunAsync(stoppingToken);
        }
        finally
        {
            memory.TakeLast();
        }
    }

    private async Task RunAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, clock);
        Task<bool>? tick = null, items = null;
        _publishedAt = clock.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            tick ??= timer.WaitForNextTickAsync(stoppingToken).AsTask();
            items ??= queue.Items.WaitToReadAsync(stoppingToken).AsTask();
            var ready = await Task.WhenAny(items, tick);
            if (ready.IsCanceled)
            {
                return;
            }

            (items, tick) = (items.IsCompleted ? null : items, tick.IsCompleted ? null : tick);
            for (var i = 0; i < ItemsPerRound && queue.Items.TryRead(out var item); i++)
            {
                Apply(item);
            }

            if (IsPublishDue())
            {
                Publish();
                memory.SaveIfDue();
            }

            questions.Answer(graph, runs);
        }
    }

    private void Apply(IngestItem item)
    {
        // What an agent said last is still taken after its successor's stream has taken over, but not after anything that the successor said.
        if (item.Session.HasFailed || runs.HasHeardAfter(item.Session))
        {
            runs.Rejections.Add(Rejections.Superseded);
            return;
        }

        try
        {
            if (item.Report is { } report)
            {
                runs.Of(item.Session).Apply(report, clock.GetTimestamp());
                agents.Update(item.Session, report, graphClock.GetUtcNow());
                item.Session.Acknowledge(report.Sequence);
                if (report.HasNews)
                {
                    _newsAt = clock.GetTimestamp();
                }

                // What comes right after news belongs to it: who calls a server that has just begun.
                _hasNews |= report.HasNews || (_newsAt != 0 && clock.GetElapsedTime(_newsAt) < NewsLast);
            }
            else if (item.Flows is { } events)
            {
                var run = runs.Of(item.Session);
                run.Learn(events, graphClock.GetUtcNow());
                flows.Publish(runs, run, events);
            }
        }
        catch (Exception e)
        {
            // A fault of ours that one agent's report can set off must not take the other agents' graph away.
            Log.ReportFailed(log, item.Session.Host.Name, item.Report?.Sequence ?? 0, e);
            item.Session.Close(StatusCode.Internal, "the operator failed to apply this report; its log has the cause");
        }
    }

    private bool IsPublishDue()
    {
        var since = clock.GetElapsedTime(_publishedAt);
        return since >= (_hasNews ? Soon : Regular)
            && (since >= _publishCost * PublishShare || since >= PublishWithin)
            && (!runs.IsFullReportOpen(clock, FullWithin) || since >= FullWithin);
    }

    private void Publish()
    {
        var begun = Stopwatch.GetTimestamp();
        var now = graphClock.GetUtcNow();
        graph.Publish(now);
        _publishCost = Stopwatch.GetElapsedTime(begun);
        _publishedAt = clock.GetTimestamp();
        _hasNews = false;
        runs.CountLosses();
        feed.Published();
        foreach (var host in agents.Forget(now - options.GoneAfter))
        {
            runs.Forget(host);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Report {Sequence} of {Host} could not be applied; its stream is closed and the agent will send a full report.", EventName = nameof(ReportFailed))]
        public static partial void ReportFailed(ILogger logger, string host, ulong sequence, Exception error);
    }
}
