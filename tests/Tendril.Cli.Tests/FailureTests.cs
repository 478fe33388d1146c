using System.Net;
using System.Net.Sockets;

namespace Tendril.Cli.Tests;

/// <summary>What goes wrong is said on standard error with what was tried and what to do; 1 for a fault, 2 for a wrong use.</summary>
public sealed class FailureTests(OperatorFixture fixture) : IClassFixture<OperatorFixture>
{
    [Theory]
    [InlineData("--operator", "TENDRIL_OPERATOR", "graph")]
    [InlineData("--operator", "TENDRIL_OPERATOR", "services")]
    [InlineData("--operator", "TENDRIL_OPERATOR", "agents")]
    [InlineData("--operator", "TENDRIL_OPERATOR", "impact", "order")]
    [InlineData("--operator", "TENDRIL_OPERATOR", "explain", "order", "payment")]
    [InlineData("--grpc", "TENDRIL_OPERATOR_GRPC", "observe")]
    public async Task An_operator_that_is_not_there_is_named_with_the_remedy(string option, string variable, params string[] command)
    {
        var address = $"http://127.0.0.1:{UnusedPort()}";

        foreach (var run in new[] { await CommandLine.RunAsync([.. command, option, address]), await CommandLine.RunAsync(command, (variable, address)) })
        {
            Assert.Equal((1, ""), (run.ExitCode, run.Output));
            Assert.Contains($"does not answer at {address}", run.Errors, StringComparison.Ordinal);
            Assert.Contains("scripts/start-tracking.sh", run.Errors, StringComparison.Ordinal);
            Assert.Contains(variable, run.Errors, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/broken", "another version")]
    [InlineData("/elsewhere", "404")]
    public async Task Something_that_is_no_operator_is_told(string path, string reason)
    {
        var run = await CommandLine.RunAsync(["graph", "--operator", fixture.Rest + path]);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("no Tendril operator", run.Errors, StringComparison.Ordinal);
        Assert.Contains(reason, run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("services")]
    [InlineData("agents")]
    public async Task Json_that_lacks_what_was_asked_for_is_told(string command)
    {
        var run = await CommandLine.RunAsync([command, "--output", "json", "--operator", fixture.Rest + "/older"]);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("another version: it has no ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_operator_refuses_is_told_in_its_words()
    {
        var run = await CommandLine.RunAsync(["graph", "--since", "yesterday", "--operator", fixture.Rest]);

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains("since: 'yesterday' is neither a time nor a span", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("grph", "grph")]
    [InlineData("graph --ouput json", "--ouput")]
    [InlineData("graph --output svg", "table, json, dot, mermaid, csv")]
    [InlineData("services --output csv", "table, json")]
    [InlineData("impact order -o dot", "table, json")]
    [InlineData("agents -o yaml", "table, json")]
    [InlineData("graph --depth 2", "--service")]
    [InlineData("graph --service a --depth x", "whole number from 0 to 100")]
    [InlineData("observe --port 70000", "from 1 to 65535")]
    [InlineData("observe --kind opend", "opened, closed, failed")]
    [InlineData("observe --count 0", "--count")]
    [InlineData("impact", "SERVICE")]
    [InlineData("explain", "CLIENT")]
    [InlineData("graph --operator ftp://x", "--operator is 'ftp://x'")]
    [InlineData("graph --token-file /nowhere", "--token-file: /nowhere cannot be used")]
    [InlineData("graph --ca-file /dev/null", "--ca-file: /dev/null cannot be used: it has no certificate in it")]
    [InlineData("graph --operator http://192.0.2.1:8080 --token-file /etc/hostname", "a token is shown over TLS only")]
    [InlineData("observe --token-file /dev/null", "is not a token and nothing else")]
    [InlineData("observe --grpc nowhere", "--grpc is 'nowhere'")]
    public async Task A_wrong_use_is_refused_with_what_was_expected(string arguments, string expected)
    {
        var run = await CommandLine.RunAsync(arguments.Split(' '));

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(expected, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_address_in_the_environment_is_refused_by_the_variables_name()
    {
        var run = await CommandLine.RunAsync(["graph"], ("TENDRIL_OPERATOR", "127.0.0.1:8080"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("TENDRIL_OPERATOR is '127.0.0.1:8080'", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_is_not_there_is_named()
    {
        var run = await CommandLine.RunAsync(["impact", "nobody", "--operator", fixture.Rest]);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("no service 'nobody'", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("explain orders postgres", 1, "no service 'orders'", "Near to it: order.")]
    [InlineData("explain post gateway", 1, "no service 'post'", "Near to it: postgres.")]
    [InlineData("explain zzzzzz gateway", 1, "no service 'zzzzzz'", "'tendril services' lists them all.")]
    [InlineData("explain payment gateway", 1, "payment was not seen to depend on gateway", "payment depends on: order")]
    [InlineData("explain payment gateway", 1, "payment was not seen to depend on gateway", "on gateway depend: evil")]
    [InlineData("explain order gateway", 1, "order was not seen to depend on gateway", "other way round: 'tendril explain gateway order'")]
    [InlineData("explain order", 2, "'order' is a service", "order depends on: payment, postgres")]
    [InlineData("explain a>b:1", 1, "no edge with the id 'a>b:1'", "tendril explain CLIENT SERVER")]
    [InlineData("explain order nginx", 2, "2 services are called 'nginx'", "process:nginx@b")]
    public async Task Explain_helps_to_what_was_meant(string arguments, int code, string said, string help)
    {
        var run = await CommandLine.RunAsync([.. arguments.Split(' '), "--operator", fixture.Rest]);

        Assert.Equal((code, ""), (run.ExitCode, run.Output));
        Assert.Contains(said, run.Errors, StringComparison.Ordinal);
        Assert.Contains(help, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_of_an_edge_that_the_operator_does_not_tell_of_is_a_fault()
    {
        var run = await CommandLine.RunAsync(["explain", "--json", "gateway", "order", "--operator", fixture.Rest + "/before"]);

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("older than this command line", run.Errors, StringComparison.Ordinal);
    }

    private static int UnusedPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
