using Google.Protobuf;
using Grpc.Core;
using Tendril.Operator.Doors;
using Tendril.Protocol;

namespace Tendril.Operator.Ingest;

/// <summary>Takes agents' streams: checks what they say and hands it to the writer.</summary>
internal sealed partial class IngestService(
    AgentRegistry agents, IngestQueue queue, ReportReader reports, Rejections rejections, IngestCounters counters,
    AgentAuthority authority, OperatorOptions options, OpenStreams streams, TimeProvider clock, GraphClock graphClock, ILogger<IngestService> log) : Protocol.Ingest.IngestBase
{
    public override async Task Connect(
        IAsyncStreamReader<AgentMessage> requestStream, IServerStreamWriter<OperatorMessage> responseStream, ServerCallContext context)
    {
        streams.Track(context.GetHttpContext());
        var pass = Pass(context);
        using var session = await OpenAsync(requestStream, pass, context);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, streams.Ending, session.Closing);
        Log.Connected(log, session.Host.Name, session.Host.Id);
        var sending = Task.CompletedTask;
        try
        {
            await responseStream.WriteAsync(new() { Welcome = new() { ProtocolVersion = IngestLimits.ProtocolVersion, OperatorVersion = OperatorHelp.Version } }, end.Token);
            sending = session.SendAsync(responseStream, end.Token);
            await Task.WhenAny(ReceiveAsync(requestStream, session, pass, end.Token), sending).Unwrap();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The stream ended; which of its ends did it is told below.
        }
        finally
        {
            agents.Close(session, graphClock.GetUtcNow());
            await end.CancelAsync();
            await sending.WaitAsync(IngestLimits.LastWriteWithin, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Log.Disconnected(log, session.Host.Name, session.CloseStatus?.Detail ?? "the agent ended its stream");
        if (session.CloseStatus is { } reason)
        {
            throw new RpcException(reason);
        }

        if (streams.Ending.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the operator is stopping; connect again later"));
        }
    }

    private AgentPass Pass(ServerCallContext context)
    {
        try
        {
            return authority.Pass(context.GetHttpContext());
        }
        catch (RpcException e)
        {
            Log.Refused(log, context.Peer, e.Status.Detail);
            throw;
        }
    }

    private async Task<AgentSession> OpenAsync(IAsyncStreamReader<AgentMessage> requests, AgentPass pass, ServerCallContext context)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, streams.Ending);
        limit.CancelAfter(IngestLimits.HelloWithin);
        try
        {
            IngestLimits.Require(await NextAsync(requests, limit.Token), "hello", "the stream ended before it; an agent says Hello first");
            IngestLimits.Require(requests.Current.BodyCase == AgentMessage.BodyOneofCase.Hello, "hello", $"must come first, before {requests.Current.BodyCase}");
            var hello = requests.Current.Hello;
            var (host, status) = HelloReader.Read(hello, graphClock.GetUtcNow());
            authority.RequireHost(pass, host.Id);
            return agents.Open(host, status, hello.AgentStartUs);
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            throw new RpcException(streams.Ending.IsCancellationRequested
                ? new Status(StatusCode.Unavailable, "the operator is stopping; connect again later")
                : new Status(StatusCode.DeadlineExceeded, $"hello: must come within {IngestLimits.HelloWithin.TotalSeconds} s of the call"));
        }
        catch (RpcException e)
        {
            rejections.Add(Rejections.Hello);
            Log.Refused(log, context.Peer, e.Status.Detail);
            throw;
        }
    }

    private static async Task<bool> NextAsync(IAsyncStreamReader<AgentMessage> requests, CancellationToken cancellation)
    {
        try
        {
            // Not MoveNext(cancellation): cancelling a read resets the call, and the reason that we end it for would not arrive.
            return await requests.MoveNext(CancellationToken.None).WaitAsync(cancellation);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // What gRPC throws when the agent reset the call, or HTTP/2 refused it before we looked at it: nothing more comes.
            return false;
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"the message is no tendril.v1.AgentMessage: {e.Message}"));
        }
    }

    private async Task ReceiveAsync(IAsyncStreamReader<AgentMessage> requests, AgentSession session, AgentPass pass, CancellationToken cancellation)
    {
        session.Allowance = new AgentAllowance(options, rejections, clock);
        while (await NextAsync(requests, cancellation))
        {
            session.Allowance.Take(requests.Current);
            authority.RequireCurrent(pass);
            switch (requests.Current.BodyCase)
            {
                case AgentMessage.BodyOneofCase.Report:
                    await TakeAsync(requests.Current.Report, session, cancellation);
                    break;
                case AgentMessage.BodyOneofCase.FlowEvents:
                    IngestLimits.RequireCount(requests.Current.FlowEvents.Events.Count, IngestLimits.FlowEvents, "flow_events.events");
                    queue.Add(session, requests.Current.FlowEvents);
                    break;
                case AgentMessage.BodyOneofCase.Hello:
                    throw new RpcException(new Status(StatusCode.InvalidArgument, "hello: said twice; open a new call for a new run"));
                default:
                    // A later protocol's message: skipped, so that agents may be upgraded first.
                    break;
            }
        }
    }

    private async Task TakeAsync(Report report, AgentSession session, CancellationToken cancellation)
    {
        try
        {
            var batch = reports.Read(report, session.Clock);
            counters.CountReport(report);
            await queue.AddAsync(session, batch, cancellation);
        }
        catch (RpcException e)
        {
            rejections.Add(Rejections.Report);
            Log.ReportRefused(log, session.Host.Name, e.Status.Detail);
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Agent of {Host} connected (host {HostId}).", EventName = nameof(Connected))]
        public static partial void Connected(ILogger logger, string host, string hostId);

        [LoggerMessage(2, LogLevel.Information, "Agent of {Host} disconnected: {Reason}.", EventName = nameof(Disconnected))]
        public static partial void Disconnected(ILogger logger, string host, string reason);

        [LoggerMessage(3, LogLevel.Warning, "Agent at {Peer} refused: {Reason}", EventName = nameof(Refused))]
        public static partial void Refused(ILogger logger, string peer, string reason);

        [LoggerMessage(4, LogLevel.Warning, "Stream of {Host} ended, its report is unusable: {Reason}", EventName = nameof(ReportRefused))]
        public static partial void ReportRefused(ILogger logger, string host, string reason);
    }
}
