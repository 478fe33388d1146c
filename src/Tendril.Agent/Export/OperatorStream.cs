using System.Threading.Channels;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Tendril.Protocol;

namespace Tendril.Agent.Export;

/// <summary>
/// Keeps the operator up to date for as long as the agent runs: connects, sends one full report, then what changes. Nothing is queued
/// but flow events (bounded): reports are pulled when they can be sent, and counters are cumulative, so an absence costs nothing.
/// </summary>
internal sealed partial class OperatorStream(
    AgentOptions options, Hello hello, Reports reports, FlowEventQueue events, TimeProvider time, ILogger<OperatorStream> logger)
{
    /// <summary>The version of proto/tendril/v1 this agent speaks.</summary>
    public const uint ProtocolVersion = 1;

    private readonly OperatorCredentials _credentials = new(options, hello.MachineId, time, logger);
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private ulong _sequence;
    private bool _connected;
    private bool _absenceTold;
    private string _refusalTold = "";

    /// <summary>
    /// Between tries while the operator does not answer. However often it died: within five seconds of its start the graph is complete again. A
    /// thousand agents are some 600 tries a second, of which each costs an operator that is there a handshake.
    /// </summary>
    internal Backoff Backoff { get; init; } = new(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(3), Random.Shared);

    /// <summary>Between tries while it refuses: only an upgrade or a setting changes that.</summary>
    internal TimeSpan RefusedDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the operator may take to welcome, or to acknowledge, before the connection counts as broken.</summary>
    internal TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long a stop waits for the last report to arrive. On a busy machine an operator may not get a turn for a second; supervisors wait for ten (containers)
    /// or ninety (systemd).
    /// </summary>
    internal TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>An empty report is sent when there was none for this long, so that the operator knows the agent lives.</summary>
    internal TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often it sees to the connection when there is nothing to tell.</summary>
    private static readonly TimeSpan LooksAfter = TimeSpan.FromSeconds(1);

    /// <summary>There may be something to tell; it is sent at once. May be called by any thread.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>True between Welcome and the end of a connection. May be read by any thread.</summary>
    public bool IsConnected => Volatile.Read(ref _connected);

    /// <summary>Runs until <paramref name="stop"/>, then sends a last report and returns. Throws only for a fault of the agent's own.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var delay = await ConnectOnceAsync(stop);
            try
            {
                await Task.Delay(delay, time, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    // One connection from its beginning to its end; gives the time to wait before the next.
    private async Task<TimeSpan> ConnectOnceAsync(CancellationToken stop)
    {
        try
        {
            await using var session = new OperatorSession(options.Operator, await _credentials.PrepareAsync(stop), AnswerTimeout, time);
            var welcome = await session.IntroduceAsync(hello, stop);
            if (welcome.ProtocolVersion != ProtocolVersion)
            {
                return Refused($"it speaks protocol version {welcome.ProtocolVersion}, this agent {ProtocolVersion}: install the same release of both");
            }

            TellConnected(welcome);
            await ServeAsync(session, stop);
            return stop.IsCancellationRequested || _credentials.IsRenewalDue ? TimeSpan.Zero : Lost("it ended the connection");
        }
        catch (RpcException exception) when (IsRefusal(exception.StatusCode))
        {
            return Refused(exception.Status.Detail);
        }
        catch (Exception exception) when (exception is RpcException or IOException or TimeoutException)
        {
            return stop.IsCancellationRequested ? TimeSpan.Zero : Lost(Reason(exception));
        }
        finally
        {
            Volatile.Write(ref _connected, false);
            reports.FlowEventBudget(null);
        }
    }

    private async Task ServeAsync(OperatorSession session, CancellationToken stop)
    {
        var listening = session.ListenAsync(budget => reports.FlowEventBudget(budget));
        await using var stopping = stop.Register(() => session.AbortAfter(StopTimeout));
        try
        {
            await SendUntilAsync(session, listening, stop);
            if (stop.IsCancellationRequested)
            {
                await FlushAsync(session);
            }
            else if (!listening.IsCompleted)
            {
                // For a new certificate.
                await session.CompleteAsync();
                await EndAsync(session, listening);
            }
        }
        catch (RpcException) when (!listening.IsCompleted || listening.IsFaulted)
        {
            // A write that fails only knows that the call is over; the reading side knows why, if it is.
            await EndAsync(session, listening);
            throw;
        }

        await listening;
    }

    private async Task EndAsync(OperatorSession session, Task listening)
    {
        try
        {
            await listening.WaitAsync(StopTimeout, time);
        }
        catch (TimeoutException)
        {
            session.Abort();
            await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SendUntilAsync(OperatorSession session, Task listening, CancellationToken stop)
    {
        await session.SendFullAsync(reports, NextSequence);
        var lastReport = time.GetTimestamp();
        var lastAnswer = lastReport;
        var acknowledged = session.LastAcknowledged;
        using var timer = new PeriodicTimer(options.CounterInterval < LooksAfter ? options.CounterInterval : LooksAfter, time);
        Task? tick = null, wake = null;
        while (await WaitAsync() && !listening.IsCompleted && !_credentials.IsRenewalDue)
        {
            await session.SendEventsAsync(events);
            var sent = await session.SendChangesAsync(reports, NextSequence);
            lastReport = sent > 0 ? time.GetTimestamp() : lastReport;
            if (sent == OperatorSession.MaxReportsAtOnce)
            {
                Wake();
            }

            if (time.GetElapsedTime(lastReport) >= Heartbeat)
            {
                lastReport = time.GetTimestamp();
                await session.SendHeartbeatAsync(NextSequence);
            }

            CheckAnswers(session, ref acknowledged, ref lastAnswer);
        }

        // Until there may be something to send, or to see to.
        async Task<bool> WaitAsync()
        {
            tick ??= timer.WaitForNextTickAsync(stop).AsTask();
            wake ??= _wake.Reader.WaitToReadAsync(stop).AsTask();
            await Task.WhenAny(tick, wake, listening);
            (tick, wake) = (tick.IsCompleted ? null : tick, wake.IsCompleted ? null : wake);
            _wake.Reader.TryRead(out _);
            return !stop.IsCancellationRequested;
        }
    }

    // The operator is behind for as long as it likes, but silent only for so long.
    private void CheckAnswers(OperatorSession session, ref ulong acknowledged, ref long lastAnswer)
    {
        var latest = session.LastAcknowledged;
        if (latest != acknowledged)
        {
            acknowledged = latest;
            lastAnswer = time.GetTimestamp();
            reports.Acknowledged(latest);
            Backoff.Reset();
        }
        else if (latest >= session.LastSent)
        {
            lastAnswer = time.GetTimestamp();
        }
        else if (time.GetElapsedTime(lastAnswer) >= AnswerTimeout)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, $"it acknowledged nothing for {AnswerTimeout.TotalSeconds:0.#} s"));
        }
    }

    private async Task FlushAsync(OperatorSession session)
    {
        await session.SendEventsAsync(events);
        await session.SendChangesAsync(reports, NextSequence);
        await session.CompleteAsync();
    }

    private ulong NextSequence() => ++_sequence;

    private static bool IsRefusal(StatusCode code) => code is StatusCode.FailedPrecondition or StatusCode.InvalidArgument
        or StatusCode.Unauthenticated or StatusCode.PermissionDenied or StatusCode.Unimplemented;

    private void TellConnected(Welcome welcome)
    {
        Volatile.Write(ref _connected, true);
        _absenceTold = false;
        _refusalTold = "";
        Log.Connected(logger, options.Operator, welcome.OperatorVersion);
    }

    private TimeSpan Lost(string reason)
    {
        if (!_absenceTold)
        {
            _absenceTold = true;
            Log.NotAnswering(logger, options.Operator, reason);
        }

        return Backoff.Next();
    }

    private TimeSpan Refused(string reason)
    {
        if (_refusalTold != reason)
        {
            _refusalTold = reason;
            Log.Refused(logger, options.Operator, reason, RefusedDelay.TotalSeconds);
        }

        return RefusedDelay;
    }

    private static string Reason(Exception exception) => exception is RpcException rpc ? rpc.Status.Detail : exception.Message;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "connected to the operator at {Operator} (version {Version})")]
        public static partial void Connected(ILogger logger, Uri @operator, string version);

        [LoggerMessage(2, LogLevel.Warning, "operator at {Operator} is not answering; counting goes on; retrying ({Reason})")]
        public static partial void NotAnswering(ILogger logger, Uri @operator, string reason);

        [LoggerMessage(3, LogLevel.Error, "operator at {Operator} refuses this agent: {Reason}. Counting goes on; next try in {Seconds} s")]
        public static partial void Refused(ILogger logger, Uri @operator, string reason, double seconds);
    }
}
