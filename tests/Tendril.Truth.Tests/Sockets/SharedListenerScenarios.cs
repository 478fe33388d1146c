using Tendril.EndToEnd.Tests.Harness;
using Tendril.Truth.Tests.Accuracy;
using Tendril.Truth.Tests.UnixSockets;

namespace Tendril.Truth.Tests.Sockets;

/// <summary>Who accepts is not always who listens.</summary>
public sealed class SharedListenerScenarios : Scenario
{
    private const string TwentyFromTheClient = "client -> server:7000 tcp/7000 opened=20 failed=0 closed=20";

    // Over a Unix socket, which is a dependency too where the kernel tells of those.
    private static readonly string HandOver = UnixSocketScenarios.AreSeen ? "\nserver:7000 -> giver unix/0 opened=1" : "";

    [Fact]
    public async Task Two_servers_of_one_program_share_a_port()
    {
        var within = await BeginAsync();
        await ServeAsync("server", "0.0.0.0:7000 --reuse-port", within);
        await ServeAsync("server", "0.0.0.0:7000 --reuse-port", within);
        await DialAsync("client", "127.0.0.1:7000 --times 20", within);
        await IsAsync(TwentyFromTheClient);
    }

    [Fact]
    public async Task Prefork_server_whose_workers_accept()
    {
        var within = await BeginAsync();
        await ServeAsync("server", "0.0.0.0:7000 --workers 4", within);
        await DialAsync("client", "127.0.0.1:7000 --times 20", within);
        await IsAsync(TwentyFromTheClient);
    }

    [Fact]
    public async Task Nginx_with_two_workers()
    {
        Requirements.Program("nginx", "nginx");
        Requirements.Program("curl", "curl");
        var within = await BeginAsync();
        var configuration = Path.Combine(Folder, "nginx.conf");
        await File.WriteAllTextAsync(configuration, Nginx.Alone(Folder), TestContext.Current.CancellationToken);
        var nginx = StartInside(["/usr/sbin/nginx", "-c", configuration], within);
        await nginx.LineAsync("start worker processes", anywhere: true);

        foreach (var _ in Enumerable.Range(0, 5))
        {
            await RunClientAsync("curl", 80, ["curl", "--silent", "--fail", "http://127.0.0.1/"], within);
        }

        await IsAsync("curl -> nginx tcp/80 opened=5 failed=0 closed=5");
    }

    [Fact]
    public async Task Listener_handed_to_another_program()
    {
        var within = await BeginAsync();
        await ServeAsync("giver", $"127.0.0.1:7000 --give {Folder}/channel", within);
        await ServeAsync("server", $"--take {Folder}/channel", within);
        await DialAsync("client", "127.0.0.1:7000 --times 20", within);
        await IsAsync(TwentyFromTheClient + HandOver);
    }

    [Fact]
    public async Task Listener_kept_through_exec_as_standard_input()
    {
        var within = await BeginAsync();
        await ServeAsync("launcher", $"127.0.0.1:7000 --exec {ProgramFile("server", "serve.py")}", within);
        await DialAsync("client", "127.0.0.1:7000 --times 20", within);
        await IsAsync(TwentyFromTheClient);
    }

    [Fact]
    public async Task Listener_of_an_activator_that_stays()
    {
        var within = await BeginAsync();
        await ServeAsync("activator", $"127.0.0.1:7000 --activate {ProgramFile("server", "serve.py")}", within);
        await HoldTwentyAsync(within);
    }

    [Fact]
    public async Task Listener_of_an_activator_before_its_server_runs()
    {
        var within = await BeginAsync();
        await ServeAsync("activator", $"127.0.0.1:7000 --on-demand --activate {ProgramFile("server", "serve.py")}", within);
        await HoldTwentyAsync(within);
    }

    // Two programs have the listening socket, and nothing but the connections they hold tells which of them serves.
    private async Task HoldTwentyAsync(NetworkNamespace within)
    {
        var client = StartClient("client", [.. Python("client", "dial.py"), "127.0.0.1:7000", "--times", "20", "--hold"], within);
        await client.LineAsync("holding 20");
        await IsAsync("client -> server:7000 tcp/7000 opened=20 failed=0 closed=0");
    }

    [Fact]
    public async Task Server_that_gives_up_root_after_bind()
    {
        var within = await BeginAsync();
        await ServeAsync("server", "127.0.0.1:7000 --user 65534", within);
        await DialAsync("client", "127.0.0.1:7000 --times 20", within);
        await IsAsync(TwentyFromTheClient);
    }
}
