using System.Globalization;
using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.Demo;

/// <summary>The demo with a PostgreSQL and a Redis of its own, started as scripts/start-microservices.sh does, inside a test's place.</summary>
internal sealed class Shop
{
    // Callees before callers, as in the script.
    private static readonly (string Role, int Port)[] Services =
    [
        ("notification", 8005), ("inventory", 8006), ("shipping", 8007), ("payment", 8004),
        ("product", 8003), ("user", 8001), ("order", 8002), ("gateway", 8000),
    ];

    // The script's own functions, with another directory.
    private const string StartDatabases = """
        set -euo pipefail
        source "$1/scripts/processes.sh"
        source "$1/scripts/databases.sh"
        run=$2 logs=$2/logs
        make_run_directory
        read_password
        start_postgres
        start_redis
        echo "ready $postgres_port $redis_port $password"
        """;

    private readonly KernelTest _test;
    private readonly NetworkNamespace _within;
    private readonly Dictionary<string, string> _environment;

    private Shop(KernelTest test, NetworkNamespace within, string postgresPort, string redisPort, string password)
    {
        _test = test;
        _within = within;
        _environment = new()
        {
            ["TENDRIL_DEMO_POSTGRES"] = $"Host=127.0.0.1;Port={postgresPort};Database=shop;Username=shop;Password={password}",
            ["TENDRIL_DEMO_REDIS"] = $"127.0.0.1:{redisPort},password={password}",
        };
    }

    public static async Task<Shop> StartAsync(KernelTest test, NetworkNamespace within)
    {
        Requirements.Program("redis-server", "redis-server");
        var folder = Directory.CreateTempSubdirectory("tendril-test-shop-");
        test.Own(new TemporaryFolder(folder));
        var databases = test.StartInside(["bash", "-c", StartDatabases, "shop", Repository.Root, folder.FullName], within);
        var ready = (await databases.LineAsync("ready ")).Split(' ');
        var shop = new Shop(test, within, ready[1], ready[2], ready[3]);
        var started = Services.Select(service => (Process: shop.Run(service.Role), service.Port)).ToList();
        foreach (var (process, port) in started)
        {
            await Wait.UntilAsync(() => process.HasEnded || IsListening(process.Id, port), () => $"{process.Title} to listen on {port}:\n{process.Output}");
            Assert.False(process.HasEnded, process.Output);
        }

        return shop;
    }

    public RunningProcess Run(params string[] arguments) => _test.StartInside([Repository.Demo, .. arguments], _within, _environment);

    // Read, not tried: a connection would be an edge.
    private static bool IsListening(int pid, int port)
    {
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return File.ReadLines($"/proc/{pid}/net/tcp").Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Any(columns => columns[3] == "0A" && columns[1].EndsWith(suffix, StringComparison.Ordinal));
    }

    /// <summary>Deleted when the test's cgroup is empty: the databases write into it until they end.</summary>
    private sealed class TemporaryFolder(DirectoryInfo folder) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            folder.Delete(recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
