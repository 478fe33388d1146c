using System.Diagnostics;

namespace Tendril.Benchmarks;

/// <summary>
/// Short connections from one client thread to one server thread over loopback: connect, 64 bytes each way, close. The server's
/// ports are listened on by one thread each only when there is more than one. For one thread.
/// </summary>
internal sealed class ConnectionLoad : IDisposable
{
    private const int Payload = 64;
    private readonly List<(int Socket, ushort Port)> _listeners = [];
    private readonly bool _isSilent;
    private long _made;
    private int _next;
    private volatile bool _stopping;

    /// <param name="isSilent">Connects and closes, and nothing is sent.</param>
    public ConnectionLoad(int ports, bool isSilent = false)
    {
        _isSilent = isSilent;
        for (int i = 0; i < ports; i++)
        {
            var listener = LoopbackSockets.Listen();
            _listeners.Add(listener);
            new Thread(() => Serve(listener.Socket), 64 * 1024) { IsBackground = true }.Start();
        }
    }

    /// <summary>How many connections were made to each port.</summary>
    public IEnumerable<(int Port, long Made)> Made =>
        _listeners.Select((listener, i) => ((int)listener.Port, (_made / _listeners.Count) + (i < _made % _listeners.Count ? 1 : 0)));

    /// <summary>Makes connections as fast as it can.</summary>
    /// <returns>Microseconds of wall time for each.</returns>
    public double Run(int connections)
    {
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < connections; i++)
        {
            Once();
        }

        return Stopwatch.GetElapsedTime(started).TotalMicroseconds / connections;
    }

    /// <summary>Makes connections at a rate, in bursts of a millisecond.</summary>
    /// <returns>The rate that was reached, connections a second.</returns>
    public double RunAtRate(int perSecond, TimeSpan duration)
    {
        long started = Stopwatch.GetTimestamp();
        long made = 0;
        while (Stopwatch.GetElapsedTime(started) is var elapsed && elapsed < duration)
        {
            long due = (long)(elapsed.TotalSeconds * perSecond);
            if (made >= due)
            {
                Thread.Sleep(1);
                continue;
            }

            Once();
            made++;
        }

        return made / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    public void Dispose()
    {
        _stopping = true;
        foreach (var (_, port) in _listeners)
        {
            // Wakes the accepting thread.
            _ = LoopbackSockets.Close(LoopbackSockets.Connect(port));
        }
    }

    private void Once()
    {
        Span<byte> data = stackalloc byte[Payload];
        int socket = LoopbackSockets.Connect(_listeners[_next].Port);
        _next = (_next + 1) % _listeners.Count;
        _made++;
        if (!_isSilent)
        {
            LoopbackSockets.SendAll(socket, data);
            LoopbackSockets.ReceiveAll(socket, data);
        }

        _ = LoopbackSockets.Close(socket);
    }

    private void Serve(int listener)
    {
        Span<byte> data = stackalloc byte[Payload];
        while (!_stopping)
        {
            int socket = LoopbackSockets.Accept(listener);
            if (!_isSilent && LoopbackSockets.ReceiveAll(socket, data) == Payload)
            {
                LoopbackSockets.SendAll(socket, data);
                LoopbackSockets.ReceiveAll(socket, data);
            }

            _ = LoopbackSockets.Close(socket);
        }

        _ = LoopbackSockets.Close(listener);
    }
}
