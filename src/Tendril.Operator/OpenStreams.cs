namespace Tendril.Operator;

/// <summary>
/// The calls that go on until somebody ends them. When the operator stops it ends them first and lets each say why, before the
/// server closes the connections under them.
/// </summary>
internal sealed class OpenStreams : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan EndWithin = TimeSpan.FromMilliseconds(800);
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationTokenRegistration _stopping;
    private readonly TimeProvider _clock;
    private int _count;

    public OpenStreams(IHostApplicationLifetime lifetime, TimeProvider clock)
    {
        _clock = clock;
        // Kept, because a stream that ends late may ask after this is disposed.
        Ending = _ending.Token;
        _stopping = lifetime.ApplicationStopping.Register(_ending.Cancel);
    }

    /// <summary>Cancelled when the operator stops.</summary>
    public CancellationToken Ending { get; }

    /// <summary>Counts a call until its answer is complete.</summary>
    public void Track(HttpContext context)
    {
        Interlocked.Increment(ref _count);
        context.Response.OnCompleted(() =>
        {
            Interlocked.Decrement(ref _count);
            return Task.CompletedTask;
        });
    }

    /// <summary>Counts a stream of events over HTTP.</summary>
    /// <param name="context">The call.</param>
    /// <param name="leave">Called once, when its answer is complete.</param>
    /// <returns>Cancelled when either the client or the operator goes: then the stream ends quietly.</returns>
    public CancellationToken Begin(HttpContext context, Action leave)
    {
        Track(context);
        context.Response.OnCompleted(() =>
        {
            leave();
            return Task.CompletedTask;
        });
        // Proxies that buffer would hold events back.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, Ending);
        context.Response.RegisterForDispose(end);
        return end.Token;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _ending.CancelAsync();
        var begun = _clock.GetTimestamp();
        while (Volatile.Read(ref _count) > 0 && _clock.GetElapsedTime(begun) < EndWithin)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), _clock, CancellationToken.None);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        _stopping.Dispose();
        _ending.Dispose();
    }
}
