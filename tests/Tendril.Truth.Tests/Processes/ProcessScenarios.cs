using Tendril.EndToEnd.Tests.Harness;
using Tendril.Truth.Tests.Accuracy;

namespace Tendril.Truth.Tests.Processes;

/// <summary>Who holds a connection is not always who made it, and not always there to be asked.</summary>
public sealed class ProcessScenarios : Scenario
{
    [Fact]
    public async Task Two_thousand_runs_of_curl()
    {
        const int Times = 2000;
        Requirements.Program("curl", "curl");
        var within = await BeginAsync();
        await ServeAsync("server", "127.0.0.1:7000 --http", within);
        var loop = StartClient(
            "curl",
            ["sh", "-c", $"echo dialling 7000 $(date +%s%6N); for i in $(seq {Times}); do curl --silent --fail --output /dev/null http://127.0.0.1:7000/ || exit 1; done; echo done"],
            within);
        await loop.LineAsync("done", bound: TimeSpan.FromMinutes(3));
        await IsAsync($"curl -> server:7000 tcp/7000 opened={Times} failed=0 closed={Times}");
    }

    [Fact]
    public async Task Threads_of_one_client()
    {
        var within = await BeginAsync();
        await ServeAsync("server", "127.0.0.1:7000", within);
        await DialAsync("client", "127.0.0.1:7000 --threads 16 --times 5", within);
        await IsAsync("client -> server:7000 tcp/7000 opened=80 failed=0 closed=80");
    }

    [Fact]
    public async Task Child_uses_its_parents_connection()
    {
        var within = await BeginAsync();
        await ServeAsync("server", "127.0.0.1:7000", within);
        await DialAsync("client", "127.0.0.1:7000 --fork --times 3", within);
        await IsAsync("client -> server:7000 tcp/7000 opened=3 failed=0 closed=3");
    }

    // The connection is the process's, and the process is another program for all the time that it uses it.
    [Fact]
    public async Task Program_becomes_another_after_connect()
    {
        var within = await BeginAsync();
        await ServeAsync("server", "127.0.0.1:7000", within);
        var client = StartClient("client", [.. Python("first", "dial.py"), "127.0.0.1:7000", "--exec", ProgramFile("client", "dial.py")], within);
        await client.LineAsync("connected ");
        await IsAsync("client -> server:7000 tcp/7000 opened=1 failed=0 closed=1");
    }

    [Fact]
    public async Task Program_becomes_another_and_connects_again()
    {
        var within = await BeginAsync();
        await ServeAsync("server", "127.0.0.1:7000", within);
        string[] arguments = ["127.0.0.1:7000", "--times", "3", "--rounds", "2", "--then", ProgramFile("second", "dial.py")];
        var client = StartClient("first", [.. Python("first", "dial.py"), .. arguments], within);
        await client.LineAsync("round 1");
        await SeenAsync("first -> server:7000 tcp/7000 opened=3 closed=3");
        client.WriteLine();
        await client.LineAsync("connected ");
        await IsAsync("""
            first -> server:7000 tcp/7000 opened=3 failed=0 closed=3
            second -> server:7000 tcp/7000 opened=3 failed=0 closed=3
            """);
    }

    [Fact]
    public async Task Client_in_a_pid_and_network_namespace_of_its_own()
    {
        var host = await BeginAsync();
        var inside = await AddNamespaceAsync();
        await host.RunAsync("ip", "link", "add", "out", "type", "veth", "peer", "name", "in", "netns", inside.Name);
        await host.RunAsync("ip", "address", "add", "10.9.0.1/24", "dev", "out");
        await host.RunAsync("ip", "link", "set", "out", "up");
        await inside.RunAsync("ip", "address", "add", "10.9.0.2/24", "dev", "in");
        await inside.RunAsync("ip", "link", "set", "in", "up");
        await ServeAsync("server", "10.9.0.1:7000", host);
        await DialAsync("client", "10.9.0.1:7000 --times 3", inside, "unshare", "--pid", "--fork", "--kill-child", "--mount-proc");
        await IsAsync("client -> server:7000 tcp/7000 opened=3 failed=0 closed=3");
    }

    [Fact]
    public async Task Client_that_calls_itself_something_else()
    {
        var within = await BeginAsync();
        await ServeAsync("server", "127.0.0.1:7000", within);
        await DialAsync("client", "127.0.0.1:7000 --comm worker/7 --times 3", within);
        await IsAsync("client -> server:7000 tcp/7000 opened=3 failed=0 closed=3");
    }

    [Fact]
    public async Task Server_that_calls_itself_something_else()
    {
        var within = await BeginAsync();
        await ServeAsync("server", "127.0.0.1:7000 --comm http-loop", within);
        await DialAsync("client", "127.0.0.1:7000 --times 3", within);
        await IsAsync("client -> server:7000 tcp/7000 opened=3 failed=0 closed=3");
    }

    // As gunicorn does, so that ps shows what each process is at: "server: worker (idle)".
    [Fact]
    public async Task Server_that_writes_a_title_over_its_arguments()
    {
        var within = await BeginAsync();
        await ServeAsync("server", "127.0.0.1:7000 --title", within);
        await DialAsync("client", "127.0.0.1:7000 --times 3", within);
        await IsAsync("client -> server:7000 tcp/7000 opened=3 failed=0 closed=3");
    }

    [Fact]
    public async Task One_program_on_two_ports_with_two_names()
    {
        var within = await BeginAsync();
        await ServeAsync("server", "127.0.0.1:7000", within);
        await ServeAsync("server", "127.0.0.1:7001", within);
        await DialAsync("client", "127.0.0.1:7000 127.0.0.1:7001 --times 3", within);
        await IsAsync("""
            client -> server:7000 tcp/7000 opened=3 failed=0 closed=3
            client -> server:7001 tcp/7001 opened=3 failed=0 closed=3
            """);
    }
}
