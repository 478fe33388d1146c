using Grpc.Core;
using Tendril.Protocol;

namespace Tendril.Benchmarks.Fleet;

/// <summary>
/// One host's agent: says Hello, sends a full report, then each second what changed, and begins again when its stream breaks. Between two reports
/// it is a timer and an open call: no thread, and no message of its own.
/// </summary>
internal sealed class FleetAgent(int host, FleetLoad load)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly ulong _startUs = FleetLoad.NowUs;
    private ulong _sequence;
    private int _flowBudget;
    private ulong _fullUntil;
    private ulong _acknowledged;
    private int _hasReported;

    public async Task RunAsync(Ingest.IngestClient client, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            try
            {
                using var call = client.Connect(cancellationToken: CancellationToken.None);
                await call.RequestStream.WriteAsync(new() { Hello = FleetReports.Hello(host, _startUs) }, ended);
                var answers = ReadAsync(call.ResponseStream);
                await ReportAsync(call.RequestStream, answers, ended);
                // Ends as an agent does that is stopped: the operator need not find out.
                await call.RequestStream.CompleteAsync();
                await answers.WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System, CancellationToken.None);
            }
            catch (Exception e)
            {
                // A write that the end cancelled, or an operator that went: then it is tried again.
                if (!ended.IsCancellationRequested)
                {
                    load.Broke(host, e);
                    await Task.Delay(Interval, TimeProvider.System, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
        }
    }

    private async Task ReportAsync(IClientStreamWriter<AgentMessage> requests, Task answers, CancellationToken ended)
    {
        // Hosts do not report all at the same moment.
        await Task.Delay(Interval * (host / (double)load.World.Hosts), TimeProvider.System, ended);
        long told = load.Second;
        await SendAsync(requests, reports => reports.Full(host, told, _startUs, FleetLoad.NowUs), ended);
        Volatile.Write(ref _fullUntil, _sequence);
        NoticeFull();
        while (true)
        {
            await Task.Delay(Interval, TimeProvider.System, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ended.IsCancellationRequested)
            {
                return;
            }

            if (answers.IsCompleted)
            {
                await answers;
                throw new InvalidOperationException("the operator ended the stream");
            }

            var (before, now) = (told, load.Second);
            await SendAsync(requests, reports => reports.Changes(host, before, now, _startUs, FleetLoad.NowUs), ended);
            told = now;
            if (Math.Min(load.Options.Flows, Volatile.Read(ref _flowBudget)) is > 0 and var flows)
            {
                await SendFlowsAsync(requests, now, flows, ended);
            }
        }
    }

    private async Task SendAsync(IClientStreamWriter<AgentMessage> requests, Func<FleetReports, IEnumerable<Report>> write, CancellationToken ended)
    {
        var reports = await load.RentAsync(ended);
        try
        {
            foreach (var report in write(reports))
            {
                report.Sequence = ++_sequence;
                await requests.WriteAsync(new() { Report = report }, ended);
                load.Sent(report.Dependencies.Count);
            }
        }
        finally
        {
            load.Return(reports);
        }
    }

    private async Task SendFlowsAsync(IClientStreamWriter<AgentMessage> requests, long second, int most, CancellationToken ended)
    {
        var reports = await load.RentAsync(ended);
        var flows = reports.Flows(host, second, FleetLoad.NowUs, most);
        load.Return(reports);
        if (flows.Events.Count > 0)
        {
            await requests.WriteAsync(new() { FlowEvents = flows }, ended);
        }
    }

    private async Task ReadAsync(IAsyncStreamReader<OperatorMessage> answers)
    {
        await foreach (var answer in answers.ReadAllAsync())
        {
            if (answer.FlowEventBudget is { } budget)
            {
                Volatile.Write(ref _flowBudget, (int)budget.EventsPerSecond);
            }
            else if (answer.Acknowledgement is { } acknowledged)
            {
                Volatile.Write(ref _acknowledged, acknowledged.Sequence);
                NoticeFull();
            }
        }
    }

    /// <summary>The answer may come before the writer knows that it was the last.</summary>
    private void NoticeFull()
    {
        if (Volatile.Read(ref _fullUntil) is > 0 and var until && Volatile.Read(ref _acknowledged) >= until && Interlocked.Exchange(ref _hasReported, 1) == 0)
        {
            load.ReportedInFull();
        }
    }
}
