using System.Threading.Channels;
using Grpc.Core;
using Tendril.Operator.Doors;
using Tendril.Operator.Naming;
using Tendril.Protocol;

namespace Tendril.Operator.Ingest;

/// <summary>
/// One agent's open stream. What is to be said to the agent is kept as "the newest", not queued: an agent that does not
/// read costs nothing and holds nobody up.
/// </summary>
/// <param name="order">Later streams have larger ones.</param>
internal sealed class AgentSession(HostFacts host, ulong runStartMicros, long order) : IDisposable
{
    private readonly CancellationTokenSource _closing = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private ulong _applied;
    private int _flowEventBudget = -1;
    private readonly Lock _lock = new();
    private object? _closeStatus;
    private bool _isDisposed;

    public HostFacts Host => host;

    /// <summary>For the task that reads the stream.</summary>
    public AgentClock Clock { get; } = new();

    /// <summary>What the agent may still send; null until it is welcome.</summary>
    public AgentAllowance? Allowance { get; set; }

    public ulong RunStartMicros => runStartMicros;

    public long Order => order;

    /// <summary>Cancelled when the operator ends this stream; <see cref="CloseStatus"/> says why.</summary>
    public CancellationToken Closing => _closing.Token;

    public Status? CloseStatus => (Status?)Volatile.Read(ref _closeStatus);

    /// <summary>A report of it could not be applied: the next stream begins with a full one.</summary>
    public bool HasFailed => CloseStatus is { StatusCode: StatusCode.Internal };

    /// <summary>Nothing more comes of it.</summary>
    public bool HasEnded => Volatile.Read(ref _isDisposed);

    /// <summary>Ends the stream with a reason. The first reason stays.</summary>
    public void Close(StatusCode code, string reason)
    {
        lock (_lock)
        {
            if (_closeStatus is null && !_isDisposed)
            {
                Volatile.Write(ref _closeStatus, new Status(code, reason));
                // Not Cancel: the stream's own code would run here, on the caller's thread and under its locks.
                _ = _closing.CancelAsync();
            }
        }
    }

    /// <summary>Everything up to this sequence is in the graph.</summary>
    public void Acknowledge(ulong sequence)
    {
        Volatile.Write(ref _applied, Math.Max(sequence, Volatile.Read(ref _applied)));
        _wake.Writer.TryWrite(true);
    }

    public void SetFlowEventBudget(int eventsPerSecond)
    {
        Volatile.Write(ref _flowEventBudget, eventsPerSecond);
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Sends what is new until the call ends. A write is never cancelled: that would reset the call, and the reason for its end would not arrive.</summary>
    public async Task SendAsync(IServerStreamWriter<OperatorMessage> responses, CancellationToken cancellation)
    {
        var (acknowledged, budget) = (0UL, -1);
        while (await _wake.Reader.WaitToReadAsync(cancellation))
        {
            _wake.Reader.TryRead(out _);
            if (Volatile.Read(ref _flowEventBudget) is var newest && newest != budget)
            {
                budget = newest;
                await WriteAsync(responses, new() { FlowEventBudget = new() { EventsPerSecond = (uint)budget } });
            }

            if (Volatile.Read(ref _applied) is var applied && applied != acknowledged)
            {
                acknowledged = applied;
                await WriteAsync(responses, new() { Acknowledgement = new() { Sequence = applied } });
            }
        }
    }

    private static async Task WriteAsync(IServerStreamWriter<OperatorMessage> responses, OperatorMessage message)
    {
        try
        {
            await responses.WriteAsync(message, CancellationToken.None);
        }
        catch (InvalidOperationException e)
        {
            // What gRPC throws when the agent has gone.
            throw new IOException("the agent's stream is closed", e);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _closing.Dispose();
        }
    }
}
