namespace Tendril.Graph.Tests;

/// <summary>A host on which things happen: services start, stop, take over each other's ports, are renamed; the agent restarts.</summary>
internal sealed class RandomHistory
{
    private readonly Dictionary<(long Run, uint Process, ushort Port), Counters> _counters = [];
    private AgentRun _run;
    private long _start = 1;

    public RandomHistory(int seed, Action<GraphOptions> configure)
    {
        World = new World(configure);
        Random = new Random(seed);
        _run = World.Run();
    }

    public World World { get; private set; }

    public Random Random { get; }

    public long Opened => _counters.Values.Sum(counters => counters.Opened);

    public long BytesSent => _counters.Values.Sum(counters => counters.BytesSent);

    /// <summary>The graph was restored elsewhere, and its agent goes on reporting there.</summary>
    public void GoOnIn(World restored)
    {
        World = restored;
        _run = restored.Run(start: _start);
    }

    public void Step()
    {
        var (process, port) = ((uint)Random.Next(1, 6), (ushort)Random.Next(80, 84));
        switch (Random.Next(12))
        {
            case 0:
                World.Listen(_run, process, Random.Next(2) == 0 ? "::" : "127.0.0.1", port);
                break;
            case 1:
                World.Listen(_run, process, Random.Next(2) == 0 ? "::" : "127.0.0.1", port, open: false);
                break;
            case 2:
                World.Process(_run, process, $"s{Random.Next(1, 8)}", alive: Random.Next(4) > 0);
                break;
            case 3 when Random.Next(3) == 0:
                _run = World.Run(start: ++_start);
                break;
            case 4:
                World.Graph.BeginFull(_run);
                World.Process(_run, process, $"s{process}");
                World.Graph.EndFull(_run);
                break;
            default:
                Connect(process, port);
                break;
        }
    }

    private void Connect(uint process, ushort port)
    {
        var key = (_start, process, port);
        var former = _counters.GetValueOrDefault(key);
        var (opened, closed) = (former.Opened + Random.Next(3), former.Opened);
        _counters[key] = new Counters(opened, 0, closed, former.BytesSent + Random.Next(100), 0, 0);
        var client = World.Client(process, "127.0.0.1", port, opened, closed, sent: _counters[key].BytesSent);
        // An older agent does not tell when, and one that is late tells it of somebody before.
        World.Report(_run, client with { LastAttempt = Random.Next(3) == 0 ? default : World.Now.AddSeconds(-Random.Next(3)) });
    }
}
