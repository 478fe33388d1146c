using System.Runtime.InteropServices;

namespace Tendril.Demo.Traffic;

/// <summary>
/// A shopper: looks at the shop, at an article, at an account, orders, looks at the order, again and again. The sequence is fixed, so ten
/// requests already take every way through the shop. traffic -> gateway.
/// </summary>
internal sealed class TrafficGenerator(HttpClient gateway)
{
    private string? _lastOrder;
    private int _sent;
    private int _failed;

    /// <returns>0 when every request was answered well, otherwise 1.</returns>
    public static async Task<int> RunAsync(TrafficOptions options)
    {
        using var ended = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => End(signal, ended));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => End(signal, ended));
        using var gateway = Peer.CreateClient(Ports.Gateway);
        var traffic = new TrafficGenerator(gateway);
        var clock = TimeProvider.System;
        var start = clock.GetTimestamp();
        await traffic.SendAllAsync(options, () => clock.GetElapsedTime(start), ended.Token);
        Console.WriteLine($"{traffic._sent} requests, {traffic._failed} failed, {clock.GetElapsedTime(start).TotalSeconds:0.0} s");
        return traffic._sent > 0 && traffic._failed == 0 ? 0 : 1;
    }

    private static void End(PosixSignalContext signal, CancellationTokenSource ended)
    {
        signal.Cancel = true;
        ended.Cancel();
    }

    private async Task SendAllAsync(TrafficOptions options, Func<TimeSpan> elapsed, CancellationToken ended)
    {
        using var beat = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / options.Rate));
        try
        {
            while (options.Duration is { } duration ? elapsed() < duration : _sent < options.Requests)
            {
                await SendAsync(_sent, ended);
                _sent++;
                await beat.WaitForNextTickAsync(ended);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // Asked to end early: what was sent is reported as usual.
        }
    }

    private async Task SendAsync(int turn, CancellationToken ended)
    {
        var article = turn % 10 + 1;
        var customer = turn % 50 + 1;
        try
        {
            using var answer = await ((turn % 5) switch
            {
                0 => gateway.GetAsync("/products", ended),
                1 => gateway.GetAsync($"/products/{article}", ended),
                2 => gateway.GetAsync($"/users/{customer}", ended),
                3 => gateway.PostAsJsonAsync("/orders", new OrderRequest(customer, article, 1 + turn % 3), ended),
                _ => gateway.GetAsync(_lastOrder ?? "/products", ended),
            });
            if (!answer.IsSuccessStatusCode)
            {
                Fail($"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(ended)}");
            }
            else if (turn % 5 == 3 && await answer.Content.ReadFromJsonAsync<PlacedOrder>(ended) is { } order)
            {
                _lastOrder = $"/orders/{order.Id}";
            }
        }
        catch (Exception fault) when (fault is HttpRequestException || (fault is TaskCanceledException && !ended.IsCancellationRequested))
        {
            Fail(fault.Message);
        }
    }

    /// <summary>The first faults are shown, the rest only counted.</summary>
    private void Fail(string reason)
    {
        if (++_failed <= 3)
        {
            Console.Error.WriteLine($"traffic: request {_sent + 1}: {reason}");
        }
    }
}
