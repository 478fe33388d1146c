using Tendril.EndToEnd.Tests.Harness;
using Tendril.Truth.Tests.Accuracy;

namespace Tendril.Truth.Tests.Datagrams;

/// <summary>UDP has no connections: a conversation, a socket and its peer, stands for one, and who speaks first is the client.</summary>
public sealed class DatagramScenarios : Scenario
{
    [Theory]
    [InlineData("127.0.0.1:7000", false)]
    [InlineData("127.0.0.1:7000", true)]
    [InlineData("[::1]:7000", false)]
    [InlineData("[::1]:7000", true)]
    [InlineData("[::ffff:127.0.0.1]:7000", false)]
    public async Task Request_and_answer(string address, bool connected)
    {
        var within = await BeginAsync();
        await AnswerAsync("server", "[::]:7000", within);
        await AskAsync("client", $"{address} --times 3 --messages 2 {(connected ? "--connected" : "")}", within);
        await IsAsync("client -> server:7000 udp/7000 opened=3 closed=3 datagramsSent=6 datagramsReceived=6 bytesSent=384 bytesReceived=384");
    }

    // More than the kernel's table remembers: the oldest make room, never one whose answer is still to come.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task More_conversations_than_are_remembered(bool connected)
    {
        var within = await BeginAsync();
        await AnswerAsync("server", "127.0.0.1:7000", within);
        await AskAsync("client", $"127.0.0.1:7000 --times 100000 {(connected ? "--connected" : "")}", within);
        await IsAsync("client -> server:7000 udp/7000 opened=100000 closed=100000 datagramsSent=100000 datagramsReceived=100000 bytesSent=6400000 bytesReceived=6400000");
    }

    [Fact]
    public async Task One_way_as_statsd()
    {
        var within = await BeginAsync();
        await AnswerAsync("server", "127.0.0.1:8125 --silent", within);
        await AskAsync("client", "127.0.0.1:8125 --messages 20 --one-way", within);
        await IsAsync("client -> server:8125 udp/8125 opened=1 closed=1 datagramsSent=20 datagramsReceived=0");
    }

    // As QUIC: one socket for long, and more comes back than goes.
    [Fact]
    public async Task Two_ways_and_more_comes_back()
    {
        var within = await BeginAsync();
        await AnswerAsync("server", "127.0.0.1:4433 --answers 5", within);
        await AskAsync("client", "127.0.0.1:4433 --connected --messages 50 --answers 5", within);
        await IsAsync("client -> server:4433 udp/4433 opened=1 closed=1 datagramsSent=50 datagramsReceived=250");
    }

    // As NTP and gossip: both ends have ports of their own, and the client's is the lower one.
    [Fact]
    public async Task Client_with_a_port_of_its_own()
    {
        var within = await BeginAsync();
        await AnswerAsync("server", "127.0.0.1:7000", within);
        await AskAsync("client", "127.0.0.1:7000 --bind 123 --messages 5", within);
        await IsAsync("client -> server:7000 udp/7000 opened=1 closed=1 datagramsSent=5 datagramsReceived=5");
    }

    [Fact]
    public async Task Nobody_listens()
    {
        var within = await BeginAsync();
        await AskAsync("client", "127.0.0.1:7000 --connected --messages 3", within);
        await IsAsync("client -> 127.0.0.1:7000 udp/7000");
    }

    // getaddrinfo() does so with each address it finds, to see which source address it would have.
    [Fact]
    public async Task Connect_without_a_datagram_is_no_dependency()
    {
        var within = await BeginAsync();
        await AskAsync("client", "127.0.0.1:7000 --only-connect --times 3", within);
        await IsAsync("");
    }

    [Fact]
    public async Task Same_port_over_UDP_and_TCP()
    {
        var within = await BeginAsync();
        await AnswerAsync("datagrams", "127.0.0.1:7000", within);
        await ServeAsync("streams", "127.0.0.1:7000", within);
        await AskAsync("client", "127.0.0.1:7000 --times 2", within);
        await DialAsync("caller", "127.0.0.1:7000 --times 3", within);
        await IsAsync("""
            client -> datagrams:7000 udp/7000 opened=2
            caller -> streams:7000 tcp/7000 opened=3
            """);
    }

    private async Task AnswerAsync(string name, string arguments, NetworkNamespace within) =>
        await StartInside([.. Python(name, "datagram.py"), "serve", .. arguments.Split(' ')], within).LineAsync("listening ");

    private async Task AskAsync(string name, string arguments, NetworkNamespace within) =>
        await StartClient(name, [.. Python(name, "datagram.py"), "ask", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)], within).LineAsync("asked ", bound: TimeSpan.FromMinutes(2));
}
