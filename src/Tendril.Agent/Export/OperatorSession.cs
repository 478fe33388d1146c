using System.Net;
using System.Net.Security;
using Grpc.Core;
using Grpc.Net.Client;
using Tendril.Protocol;

namespace Tendril.Agent.Export;

/// <summary>
/// One connection to the operator, from Hello to its end. It has a channel of its own, so nothing of a broken connection is left for
/// the next one. Writes come from one task; what the operator says is read by another.
/// </summary>
internal sealed class OperatorSession : IAsyncDisposable
{
    private const int MaxOperatorMessageBytes = 65_536;
    private const int MaxEventsInMessage = 256;

    /// <summary>No more are sent at once: meanwhile events and the end of the call are seen.</summary>
    public const int MaxReportsAtOnce = 256;

    private readonly GrpcChannel _channel;
    private readonly AsyncDuplexStreamingCall<AgentMessage, OperatorMessage> _call;
    private readonly CancellationTokenSource _abort;
    private readonly TimeSpan _answerTimeout;
    private readonly AgentMessage _message = new();
    private readonly Report _empty = new();
    private readonly FlowEvents _events = new();
    private readonly TimeProvider _time;
    private ulong _acknowledged;
    private bool _stopping;

    /// <param name="address">http or https.</param>
    /// <param name="tls">For https: what the agent shows, and whom it trusts.</param>
    /// <param name="answerTimeout">How long the operator may take to welcome, or to take a message, before the call is ended.</param>
    public OperatorSession(Uri address, SslClientAuthenticationOptions? tls, TimeSpan answerTimeout, TimeProvider time)
    {
        _answerTimeout = answerTimeout;
        _time = time;
        _abort = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = CreateHandler(tls),
            DisposeHttpClient = true,
            MaxReceiveMessageSize = MaxOperatorMessageBytes,
        });
        _call = new Ingest.IngestClient(_channel).Connect(cancellationToken: _abort.Token);
    }

    /// <summary>The last report that was sent by this session; 0: none yet.</summary>
    public ulong LastSent { get; private set; }

    /// <summary>The last report the operator has applied. Written by the reading task.</summary>
    public ulong LastAcknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Introduces the agent and waits for the answer.</summary>
    /// <exception cref="RpcException">The operator refused, or did not answer in time (DEADLINE_EXCEEDED).</exception>
    public async Task<Welcome> IntroduceAsync(Hello hello, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.Register(_abort.Cancel);
        try
        {
            _message.Hello = hello;
            await WriteHelloAsync();
            _abort.CancelAfter(_answerTimeout);
            var answered = await _call.ResponseStream.MoveNext(CancellationToken.None);
            _abort.CancelAfter(Timeout.InfiniteTimeSpan);
            return answered && _call.ResponseStream.Current.Welcome is { } welcome ? welcome
                : throw new RpcException(new Status(StatusCode.Internal, "its answer was not a Welcome: is it a Tendril operator?"));
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Cancelled && !cancellationToken.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, $"no answer within {_answerTimeout.TotalSeconds:0.#} s"));
        }
    }

    /// <summary>Reads what the operator says until the call ends.</summary>
    /// <exception cref="RpcException">The call ended with a status other than OK.</exception>
    public async Task ListenAsync(Action<uint> setBudget)
    {
        while (await _call.ResponseStream.MoveNext(CancellationToken.None))
        {
            var said = _call.ResponseStream.Current;
            switch (said.BodyCase)
            {
                case OperatorMessage.BodyOneofCase.Acknowledgement:
                    Volatile.Write(ref _acknowledged, said.Acknowledgement.Sequence);
                    break;
                case OperatorMessage.BodyOneofCase.FlowEventBudget:
                    setBudget(said.FlowEventBudget.EventsPerSecond);
                    break;
                default:
                    // A later operator may say more than this agent knows.
                    break;
            }
        }
    }

    public async Task SendFullAsync(Reports reports, Func<ulong> nextSequence)
    {
        var begin = true;
        foreach (var report in reports.Full())
        {
            await SendAsync(report, nextSequence(), begin, end: false);
            begin = false;
        }

        // Which is the owner's last is not known before it is gone, so the end is a report of its own.
        await SendAsync(_empty, nextSequence(), begin, end: true);
    }

    /// <summary>Sends what changed.</summary>
    /// <returns>How many reports that were; there may be more when it was <see cref="MaxReportsAtOnce"/>.</returns>
    public async Task<int> SendChangesAsync(Reports reports, Func<ulong> nextSequence)
    {
        var sent = 0;
        while (sent < MaxReportsAtOnce && reports.NextChanges() is { } report)
        {
            await SendAsync(report, nextSequence(), begin: false, end: false);
            sent++;
        }

        return sent;
    }

    /// <summary>Says that the agent lives, when there is nothing else to say.</summary>
    public Task SendHeartbeatAsync(Func<ulong> nextSequence) => SendAsync(_empty, nextSequence(), begin: false, end: false);

    public async Task SendEventsAsync(FlowEventQueue queue)
    {
        for (var sent = 0; sent < FlowEventQueue.Capacity; sent += MaxEventsInMessage)
        {
            _events.Events.Clear();
            queue.Take(_events.Events, MaxEventsInMessage);
            if (_events.Events.Count == 0)
            {
                return;
            }

            _message.FlowEvents = _events;
            try
            {
                await WriteAsync();
            }
            catch (RpcException)
            {
                queue.CountDropped(_events.Events.Count);
                throw;
            }
        }
    }

    /// <summary>Says that no more will come, and lets the operator end the call.</summary>
    public Task CompleteAsync() => _call.RequestStream.CompleteAsync();

    /// <summary>Ends the call at once, whatever is under way.</summary>
    public void Abort() => _abort.Cancel();

    /// <summary>Ends the call when this time has passed, whatever is under way then. May be called by any thread.</summary>
    public void AbortAfter(TimeSpan delay)
    {
        Volatile.Write(ref _stopping, true);
        _abort.CancelAfter(delay);
    }

    public ValueTask DisposeAsync()
    {
        _abort.Cancel();
        _call.Dispose();
        _channel.Dispose();
        _abort.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task WriteHelloAsync()
    {
        try
        {
            await WriteAsync();
        }
        catch (RpcException)
        {
            // The call has ended; reading its answer says why.
        }
    }

    private Task SendAsync(Report report, ulong sequence, bool begin, bool end)
    {
        report.Sequence = sequence;
        report.TimeUs = (ulong)(_time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        report.FullBegin = begin;
        report.FullEnd = end;
        LastSent = sequence;
        _message.Report = report;
        return WriteAsync();
    }

    // Waits for room when the operator is slow to read, but not for ever.
    private async Task WriteAsync()
    {
        try
        {
            LimitWriting(_answerTimeout);
            await _call.RequestStream.WriteAsync(_message);
            LimitWriting(Timeout.InfiniteTimeSpan);
        }
        catch (Exception exception) when (exception is InvalidOperationException or OperationCanceledException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the call has ended", exception));
        }
    }

    private void LimitWriting(TimeSpan time)
    {
        if (!Volatile.Read(ref _stopping))
        {
            _abort.CancelAfter(time);
        }
    }

    internal static SocketsHttpHandler CreateHandler(SslClientAuthenticationOptions? tls) => new()
    {
        ConnectTimeout = TimeSpan.FromSeconds(5),
        SslOptions = tls ?? new(),
        // A host that vanished without a word is noticed within 20 s.
        KeepAlivePingDelay = TimeSpan.FromSeconds(10),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        // The stream is one long call to one place: what suits a browser is left out.
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        AutomaticDecompression = DecompressionMethods.None,
    };
}
