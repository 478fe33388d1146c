using Tendril.EndToEnd.Tests.Harness;
using Tendril.Truth.Tests.Accuracy;

namespace Tendril.Truth.Tests.Sockets;

/// <summary>A port, or a pid, that belongs to one program first and then to another.</summary>
public sealed class SuccessionScenarios : Scenario
{
    private const string EarlyAndLate = """
        early -> former:7000 tcp/7000 opened=3 failed=0 closed=3
        late -> later:7000 tcp/7000 opened=5 failed=0 closed=5
        """;

    private const string ToBoth = """
        client -> former:7000 tcp/7000 opened=3 failed=0 closed=3
        client -> later:7000 tcp/7000 opened=5 failed=0 closed=5
        """;

    [Fact]
    public async Task Port_that_changes_hands()
    {
        var within = await BeginAsync();
        var former = await ServeAsync("former", "127.0.0.1:7000", within);
        await DialAsync("early", "127.0.0.1:7000 --times 3", within);
        await SeenAsync("early -> former:7000 tcp/7000 opened=3 closed=3");
        await EndAsync(former, "former:7000");
        await ServeAsync("later", "127.0.0.1:7000", within);
        await DialAsync("late", "127.0.0.1:7000 --times 5", within);
        await IsAsync(EarlyAndLate);
    }

    [Fact]
    public async Task Port_that_changes_hands_at_once()
    {
        var within = await BeginAsync();
        var former = await ServeAsync("former", "127.0.0.1:7000", within);
        await DialAsync("early", "127.0.0.1:7000 --times 3", within);
        await SeenAsync("early -> former:7000 tcp/7000 opened=3 closed=3");
        await DialAsync("early", "127.0.0.1:7000 --times 3", within);
        await former.DisposeAsync();
        await ServeAsync("later", "127.0.0.1:7000", within);
        await DialAsync("late", "127.0.0.1:7000 --times 5", within);
        await IsAsync(EarlyAndLate.Replace("=3", "=6", StringComparison.Ordinal));
    }

    // Nobody saw the former owner before it was gone.
    [Fact]
    public async Task Port_that_changes_hands_before_anybody_looked()
    {
        var within = await BeginAsync();
        var former = await ServeAsync("former", "127.0.0.1:7000", within);
        await DialAsync("early", "127.0.0.1:7000 --times 3", within);
        await former.DisposeAsync();
        await ServeAsync("later", "127.0.0.1:7000", within);
        await DialAsync("late", "127.0.0.1:7000 --times 5", within);
        await IsAsync(EarlyAndLate);
    }

    [Fact]
    public async Task Client_that_calls_both_owners_of_a_port()
    {
        var within = await BeginAsync();
        var former = await ServeAsync("former", "127.0.0.1:7000", within);
        await DialAsync("client", "127.0.0.1:7000 --times 3", within);
        await SeenAsync("client -> former:7000 tcp/7000 opened=3 closed=3");
        await former.DisposeAsync();
        await ServeAsync("later", "127.0.0.1:7000", within);
        await DialAsync("client", "127.0.0.1:7000 --times 5", within);
        await IsAsync(ToBoth);
    }

    // One process, so that not even its pid tells the two apart.
    [Fact]
    public async Task Pool_that_reconnects_to_the_next_owner_of_a_port()
    {
        var within = await BeginAsync();
        var former = await ServeAsync("former", "127.0.0.1:7000", within);
        var client = StartClient("client", [.. Python("client", "dial.py"), "127.0.0.1:7000", "--times", "3", "--rounds", "2"], within);
        await client.LineAsync("round 1");
        await SeenAsync("client -> former:7000 tcp/7000 opened=3 closed=3");
        await former.DisposeAsync();
        await ServeAsync("later", "127.0.0.1:7000", within);
        client.WriteLine();
        await client.LineAsync("connected ");
        await IsAsync(ToBoth.Replace("=5", "=3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pids_that_are_used_again()
    {
        var within = await BeginAsync();
        await ServeAsync("server", "127.0.0.1:7000", within);
        var client = await DialAsync("client", "127.0.0.1:7000 --times 3", within);
        var former = await ServeAsync("former", "127.0.0.1:7001", within);
        await DialAsync("caller", "127.0.0.1:7001", within);
        await SeenAsync("client -> server:7000 tcp/7000 opened=3 closed=3");
        await SeenAsync("caller -> former:7001 tcp/7001 opened=1 closed=1");
        var (clientPid, formerPid) = (client.Id, former.Id);
        await EndAsync(client, "client");
        await EndAsync(former, "former:7001");

        await DialWithPidAsync(formerPid, "second", "127.0.0.1:7000 --times 5", within);
        await DialWithPidAsync(clientPid, "third", "127.0.0.1:7000 --times 7", within);

        await IsAsync("""
            caller -> former:7001 tcp/7001 opened=1 failed=0 closed=1
            client -> server:7000 tcp/7000 opened=3 failed=0 closed=3
            second -> server:7000 tcp/7000 opened=5 failed=0 closed=5
            third -> server:7000 tcp/7000 opened=7 failed=0 closed=7
            """);
    }

    [Fact]
    public async Task Pid_that_is_used_again_at_once()
    {
        var within = await BeginAsync();
        await ServeAsync("server", "127.0.0.1:7000", within);
        var client = await DialAsync("client", "127.0.0.1:7000 --times 3", within);
        await SeenAsync("client -> server:7000 tcp/7000 opened=3 closed=3");
        var pid = client.Id;
        await client.DisposeAsync();
        await DialWithPidAsync(pid, "second", "127.0.0.1:7000 --times 5", within);
        await IsAsync("""
            client -> server:7000 tcp/7000 opened=3 failed=0 closed=3
            second -> server:7000 tcp/7000 opened=5 failed=0 closed=5
            """);
    }

    // The kernel gives out the next number after this one. Somebody else may start a process in between: then the next try has it.
    private async Task DialWithPidAsync(int pid, string name, string arguments, NetworkNamespace within)
    {
        const string Script = "exec 3<&0; echo $(($0 - 1)) > /proc/sys/kernel/ns_last_pid; \"$@\" <&3 & test $! = $0 && trap 'kill $!' TERM && wait || { kill -9 $!; exit 3; }";
        string[] command = ["bash", "-c", Script, $"{pid}", .. Python(name, "dial.py"), .. arguments.Split(' ')];
        for (var tries = 0; tries < 50; tries++)
        {
            var client = StartClient(name, command, within);
            await Wait.UntilAsync(() => client.HasEnded || client.Output.Contains("connected ", StringComparison.Ordinal), () => client.Title);
            if (!client.HasEnded)
            {
                return;
            }
        }

        Assert.Fail($"pid {pid} could not be had again");
    }
}
