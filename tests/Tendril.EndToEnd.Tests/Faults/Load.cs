using System.IO.MemoryMappedFiles;
using System.Net;
using System.Net.Sockets;
using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.Faults;

/// <summary>
/// Services under load (Programs/load.py) that count themselves what they do, in memory shared with the test: eight dependencies, of short, long and
/// refused connections, of programs that live for one, of datagrams and of Unix sockets. Ends by itself after <see cref="Seconds"/>.
/// </summary>
internal sealed class Load : IAsyncDisposable
{
    private const int FirstActor = 8, FirstEdge = 64, WordsOfEdge = 8;
    private const long Run = 0, Pause = 1, Renew = 2, Paused = 2, Renewed = 3;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _words;
    private readonly List<RunningProcess> _processes = [];
    private readonly List<string> _edges = [];
    private readonly HashSet<int> _actors = [];

    public Load(string folder)
    {
        Path = System.IO.Path.Combine(folder, "figures");
        File.WriteAllBytes(Path, new byte[4096]);
        _file = MemoryMappedFile.CreateFromFile(Path, FileMode.Open);
        _words = _file.CreateViewAccessor();
    }

    private string Path { get; }

    private string Socket => Path + ".socket";

    /// <summary>For how long at most the services go on.</summary>
    public int Seconds { get; init; } = 600;

    /// <summary>The dependencies, as <see cref="Figures.Of"/> names them.</summary>
    public IReadOnlyList<string> Edges => _edges;

    /// <summary>Starts the services, at rest; <paramref name="start"/> starts one of Programs/ under a name.</summary>
    public async Task StartAsync(Func<string, string, RunningProcess> start)
    {
        Set(0, Pause);
        var refused = FreePort();
        _edges.AddRange(["web -> api", "web -> store", "api -> store", "worker -> store", $"worker -> 127.0.0.1:{refused} tcp/{refused}", "curl -> api", "worker -> store", "web -> store unix/0"]);
        var store = await ServeAsync("store", 0, "--path", Socket);
        var api = await ServeAsync("api", 1, "--call", $"2:short:50:127.0.0.1:{store}", "--call", $"2:long:2:127.0.0.1:{store}");
        Call("web", 2, $"0:short:150:127.0.0.1:{api}", $"0:long:3:127.0.0.1:{api}", $"1:short:100:127.0.0.1:{store}", $"7:unix:20:{Socket}:0");
        Call("worker", 3, $"3:short:150:127.0.0.1:{store}", $"3:long:1:127.0.0.1:{store}", $"4:refused:20:127.0.0.1:{refused}", $"6:datagram:20:127.0.0.1:{store}");
        Call("starter", 4, $"5:program:5:127.0.0.1:{api}");
        foreach (var (edge, port) in new[] { (0, api), (1, store), (2, store), (3, store), (5, api) })
        {
            _edges[edge] += $" tcp/{port}";
        }

        _edges[6] += $" udp/{store}";

        await PauseAsync();

        async Task<int> ServeAsync(string name, int actor, params string[] arguments)
        {
            var process = Start(name, actor, ["--listen", .. arguments], calling: arguments.Contains("--call"));
            return Peer.ReadPorts(await process.LineAsync("listening "))[0];
        }

        void Call(string name, int actor, params string[] calls) => Start(name, actor, calls.SelectMany(call => (string[])["--call", call]), calling: true);

        RunningProcess Start(string name, int actor, IEnumerable<string> arguments, bool calling)
        {
            if (calling)
            {
                _actors.Add(actor);
            }

            var process = start(name, string.Join(' ', (string[])[Path, $"{actor}", "--seconds", $"{Seconds}", .. arguments]));
            _processes.Add(process);
            return process;
        }
    }

    public void Resume() => Set(0, Run);

    /// <summary>Waits until nothing is under way; long connections stay open.</summary>
    public Task PauseAsync() => EnterAsync(Pause, Paused);

    /// <summary>While at rest: one long connection of each service is closed, and another one opened.</summary>
    public async Task RenewAsync()
    {
        await EnterAsync(Renew, Renewed);
        await PauseAsync();
    }

    /// <summary>What each dependency has by its services' own count; connections under way are counted when they are through.</summary>
    public Figures[] Read() =>
        [.. Enumerable.Range(0, _edges.Count).Select(edge => FirstEdge + (edge * WordsOfEdge)).Select(at => new Figures(Get(at), Get(at + 1), Get(at + 2), Get(at + 3), Get(at + 4)))];

    public ValueTask DisposeAsync()
    {
        _words.Dispose();
        _file.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task EnterAsync(long gate, long state)
    {
        Set(0, gate);
        await Wait.UntilAsync(
            () => _actors.All(actor => Get(FirstActor + actor) == state),
            () => $"the load to reach state {state}; its services are in {string.Join(' ', _actors.Select(actor => Get(FirstActor + actor)))} and printed {string.Join('\n', _processes.Select(process => process.Output))}");
    }

    private long Get(int word) => Volatile.Read(ref Word(word));

    private void Set(int word, long value) => Volatile.Write(ref Word(word), value);

    private unsafe ref long Word(int word)
    {
        byte* at = null;
        _words.SafeMemoryMappedViewHandle.AcquirePointer(ref at);
        _words.SafeMemoryMappedViewHandle.ReleasePointer();
        return ref ((long*)at)[word];
    }

    // Below the range that the kernel gives to clients: a client that got the port that it dials would connect to itself.
    private static int FreePort()
    {
        for (var port = 20_000; ; port++)
        {
            using var socket = new System.Net.Sockets.Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException) when (port < 30_000)
            {
                // Somebody has it.
            }
        }
    }
}
