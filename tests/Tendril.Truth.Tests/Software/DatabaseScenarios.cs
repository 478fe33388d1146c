using Tendril.EndToEnd.Tests.Harness;
using Tendril.Truth.Tests.Accuracy;

namespace Tendril.Truth.Tests.Software;

/// <summary>Databases, caches and brokers as Debian ships them, each driven by its own client.</summary>
public sealed class DatabaseScenarios : Scenario
{
    private string Data => Path.Combine(Folder, "data");

    [Fact]
    public async Task PostgreSQL()
    {
        var programs = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Order().Last() + "/bin" : "";
        Assert.SkipUnless(File.Exists(programs + "/postgres"), "postgres is missing: scripts/install-prerequisites.sh --test installs postgresql");
        string[] account = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"];
        await RunningProcess.RunAsync("install", "--directory", "--owner=postgres", "--mode=700", Data);
        await RunningProcess.RunAsync([.. account, programs + "/initdb", "--no-sync", "--auth=trust", "--locale=C", "--pgdata", Data]);
        var within = await BeginAsync();
        var server = StartInside([.. account, programs + "/postgres", "-D", Data, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="], within);
        await server.LineAsync("database system is ready", anywhere: true);

        string[] asPostgres = ["--host=127.0.0.1", "--username=postgres"];
        foreach (var _ in Enumerable.Range(0, 3))
        {
            await RunClientAsync("psql", 5432, [programs + "/psql", .. asPostgres, "--command=SELECT 1"], within);
        }

        await RunClientAsync("pgbench", 5432, [programs + "/pgbench", "--initialize", "--quiet", .. asPostgres, "postgres"], within);
        await IsAsync("""
            psql -> postgres tcp/5432 opened=3 failed=0 closed=3
            pgbench -> postgres tcp/5432 opened=1 failed=0 closed=1
            """);
    }

    [Fact]
    public async Task MariaDB()
    {
        Requirements.Program("mariadbd", "mariadb-server");
        await RunningProcess.RunAsync(
            "mariadb-install-db", "--no-defaults", "--user=root", "--datadir=" + Data, "--auth-root-authentication-method=normal", "--skip-test-db");
        var within = await BeginAsync();
        var server = StartInside(
            ["/usr/sbin/mariadbd", "--no-defaults", "--user=root", "--datadir=" + Data, "--socket=" + Folder + "/socket", "--bind-address=127.0.0.1", "--pid-file=" + Folder + "/pid"],
            within);
        await server.LineAsync("ready for connections", anywhere: true);

        foreach (var _ in Enumerable.Range(0, 3))
        {
            await RunClientAsync("mariadb", 3306, ["mariadb", "--no-defaults", "--host=127.0.0.1", "--skip-ssl", "--user=root", "--execute=SELECT 1"], within);
        }

        await IsAsync("mariadb -> mariadbd tcp/3306 opened=3 failed=0 closed=3");
    }

    [Fact]
    public async Task Redis()
    {
        Requirements.Program("redis-server", "redis-server");
        var within = await BeginAsync();
        var server = StartInside(["redis-server", "--bind", "127.0.0.1", "--save", "", "--dir", Folder], within);
        await server.LineAsync("eady to accept connections", anywhere: true);

        foreach (var _ in Enumerable.Range(0, 3))
        {
            await RunClientAsync("redis-cli", 6379, ["redis-cli", "-h", "127.0.0.1", "SET", "a", "b"], within);
        }

        await IsAsync("redis-cli -> redis-server tcp/6379 opened=3 failed=0 closed=3");
    }

    [Fact]
    public async Task Redis_with_a_replica()
    {
        Requirements.Program("redis-server", "redis-server");
        var within = await BeginAsync();
        var first = StartInside(["redis-server", "--bind", "127.0.0.1", "--save", "", "--dir", Folder, "--repl-diskless-sync-delay", "0"], within);
        await first.LineAsync("eady to accept connections", anywhere: true);
        await RunClientAsync("redis-cli", 6379, ["redis-cli", "-h", "127.0.0.1", "SET", "a", "b"], within);
        var second = StartInside(
            ["redis-server", "--bind", "127.0.0.1", "--port", "6380", "--save", "", "--dir", Folder, "--dbfilename", "second.rdb", "--replicaof", "127.0.0.1", "6379"], within);
        await second.LineAsync("Finished with success", anywhere: true);
        await IsAsync("""
            redis-cli -> redis-server tcp/6379 opened=1 failed=0 closed=1
            redis-server:6380 -> redis-server tcp/6379 opened=1 failed=0 closed=0
            """);
    }

    [Fact]
    public async Task Memcached()
    {
        Requirements.Program("memcached", "memcached");
        var within = await BeginAsync();
        var server = StartInside(["memcached", "-u", "nobody", "-l", "127.0.0.1", "-U", "0", "-vv"], within);
        await server.LineAsync("server listening", anywhere: true);
        await DialAsync("client", "127.0.0.1:11211 --times 3 --say version\\r\\n", within);
        await IsAsync("client -> memcached tcp/11211 opened=3 failed=0 closed=3");
    }

    [Fact]
    public async Task Nats()
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/nats-server"), "nats-server is missing: scripts/install-prerequisites.sh --test installs it where there is one");
        var within = await BeginAsync();
        var server = StartInside(["/usr/sbin/nats-server", "--addr", "127.0.0.1"], within);
        await server.LineAsync("Server is ready", anywhere: true);
        await DialAsync("client", "127.0.0.1:4222 --times 3 --say PING\\r\\n", within);
        await IsAsync("client -> nats-server tcp/4222 opened=3 failed=0 closed=3");
    }

    [Fact]
    public async Task Dnsmasq_over_TCP()
    {
        Requirements.Program("dnsmasq", "dnsmasq-base");
        Requirements.Program("dig", "bind9-dnsutils");
        var within = await BeginAsync();
        await StartDnsmasqAsync(within);

        foreach (var _ in Enumerable.Range(0, 3))
        {
            await RunClientAsync("dig", 53, ["dig", "+tcp", "+short", "@127.0.0.1", "example.test"], within);
        }

        await IsAsync("dig -> dnsmasq tcp/53 opened=3 failed=0 closed=3");
    }

    [Fact]
    public async Task Dnsmasq_over_UDP()
    {
        Requirements.Program("dnsmasq", "dnsmasq-base");
        Requirements.Program("dig", "bind9-dnsutils");
        var within = await BeginAsync();
        await StartDnsmasqAsync(within);

        foreach (var _ in Enumerable.Range(0, 3))
        {
            await RunClientAsync("dig", 53, ["dig", "+short", "@127.0.0.1", "example.test"], within);
        }

        await IsAsync("dig -> dnsmasq udp/53 opened=3 failed=0 closed=3");
    }

    private async Task StartDnsmasqAsync(NetworkNamespace within)
    {
        var server = StartInside(
            [
                "/usr/sbin/dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root", "--pid-file=" + Folder + "/pid",
                "--log-facility=-", "--listen-address=127.0.0.1", "--bind-interfaces", "--address=/example.test/192.0.2.7",
            ],
            within);
        await server.LineAsync("started, version", anywhere: true);
    }
}
