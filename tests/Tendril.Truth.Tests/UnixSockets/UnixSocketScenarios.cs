using Tendril.EndToEnd.Tests.Harness;
using Tendril.Truth.Tests.Accuracy;

namespace Tendril.Truth.Tests.UnixSockets;

/// <summary>Sockets with a path, or an abstract name, in place of a port.</summary>
public sealed class UnixSocketScenarios : Scenario
{
    private static readonly Version Needed = new(6, 7);

    /// <summary>The kernel has a hook for them.</summary>
    internal static bool AreSeen => Environment.OSVersion.Version >= Needed;

    [Fact]
    public async Task Socket_with_a_path()
    {
        var within = await BeginHereAsync();
        await ServeAsync("server", $"{Folder}/socket", within);
        await DialAsync("client", $"{Folder}/socket --times 3", within);
        await IsAsync($"client -> server unix/0 opened=3 failed=0 closed=3 path={Folder}/socket");
    }

    [Fact]
    public async Task Abstract_name()
    {
        var within = await BeginHereAsync();
        await ServeAsync("server", "@tendril-truth", within);
        await DialAsync("client", "@tendril-truth --times 3", within);
        await IsAsync("client -> server unix/0 opened=3 failed=0 closed=3 path=@tendril-truth");
    }

    [Fact]
    public async Task Path_and_port_of_one_server()
    {
        var within = await BeginHereAsync();
        await ServeAsync("server", $"127.0.0.1:7000 {Folder}/socket", within);
        await DialAsync("client", $"{Folder}/socket 127.0.0.1:7000", within);
        await IsAsync("""
            client -> server:7000 unix/0 opened=1
            client -> server:7000 tcp/7000 opened=1
            """);
    }

    [Fact]
    public async Task Server_that_is_older_than_the_agent()
    {
        Require();
        var within = await AddNamespaceAsync();
        await ServeAsync("server", $"{Folder}/socket", within);
        await WatchAsync();
        await DialAsync("client", $"{Folder}/socket --times 3", within);
        await IsAsync("client -> server unix/0 opened=3");
    }

    [Fact]
    public async Task PostgreSQL_over_its_path()
    {
        var programs = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Order().Last() + "/bin" : "";
        Assert.SkipUnless(File.Exists(programs + "/postgres"), "postgres is missing: scripts/install-prerequisites.sh --test installs postgresql");
        string[] account = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"];
        var data = Path.Combine(Folder, "data");
        await RunningProcess.RunAsync("install", "--directory", "--owner=postgres", "--mode=711", data);
        await RunningProcess.RunAsync([.. account, programs + "/initdb", "--no-sync", "--auth=trust", "--locale=C", "--pgdata", data]);
        var within = await BeginHereAsync();
        var server = StartInside([.. account, programs + "/postgres", "-D", data, "-c", "listen_addresses=", "-c", "unix_socket_directories=" + data], within);
        await server.LineAsync("database system is ready", anywhere: true);
        foreach (var _ in Enumerable.Range(0, 3))
        {
            await RunClientAsync("psql", 0, [programs + "/psql", "--host=" + data, "--username=postgres", "--command=SELECT 1"], within);
        }

        await IsAsync($"psql -> postgres unix/0 opened=3 failed=0 closed=3 path={data}/.s.PGSQL.5432");
    }

    [Fact]
    public async Task Redis_over_its_path()
    {
        Requirements.Program("redis-server", "redis-server");
        var within = await BeginHereAsync();
        var server = StartInside(["redis-server", "--port", "0", "--unixsocket", Folder + "/redis", "--save", "", "--dir", Folder], within);
        await server.LineAsync("eady to accept connections", anywhere: true);
        foreach (var _ in Enumerable.Range(0, 3))
        {
            await RunClientAsync("redis-cli", 0, ["redis-cli", "-s", Folder + "/redis", "SET", "a", "b"], within);
        }

        await IsAsync("redis-cli -> redis-server unix/0 opened=3 failed=0 closed=3");
    }

    private static void Require() =>
        Assert.SkipUnless(AreSeen, "this kernel has no hook for Unix sockets: 6.7 and newer have");

    private async Task<NetworkNamespace> BeginHereAsync()
    {
        Require();
        return await BeginAsync();
    }
}
