using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.Addresses;

/// <summary>However a server is dialled, it is one node.</summary>
public sealed class AddressTests : KernelTest
{
    [Fact]
    public async Task IPv4_IPv6_and_mapped_addresses_of_a_dual_stack_server_are_one_node()
    {
        var (@operator, _) = await StartBothAsync();
        var server = await ListenAsync("server", "[::]:0");
        var port = server.Port;

        Assert.Equal("connected 3 failed 0", await ConnectAsync("client", $"127.0.0.1:{port} [::1]:{port} [::ffff:127.0.0.1]:{port}"));

        await @operator.ShowsAsync($"""
            client []
            server [tcp/[::]:{port}]
            client -> server tcp/{port} opened=3 failed=0 closed=3 active=0 sent=192 received=192 evidence=both
            """);
    }

    [Fact]
    public async Task An_IPv4_server_is_one_node_for_plain_and_mapped_addresses()
    {
        var (@operator, _) = await StartBothAsync();
        var server = await ListenAsync("server", "127.0.0.1:0");
        var port = server.Port;

        Assert.Equal("connected 4 failed 0", await ConnectAsync("client", $"127.0.0.1:{port} [::ffff:127.0.0.1]:{port} --times 2"));

        await @operator.ShowsAsync($"""
            client []
            server [tcp/127.0.0.1:{port}]
            client -> server tcp/{port} opened=4 failed=0 closed=4 active=0 sent=256 received=256 evidence=both
            """);
    }

    [Fact]
    public async Task A_server_with_a_socket_for_each_family_is_one_node()
    {
        var within = await AddNamespaceAsync();
        var (@operator, _) = await StartBothAsync();
        await ListenAsync("server", "0.0.0.0:7000 [::1]:7000", within);

        Assert.Equal("connected 2 failed 0", await ConnectAsync("client", "127.0.0.1:7000 [::1]:7000", within));

        await @operator.ShowsAsync("""
            client []
            server:7000 [tcp/0.0.0.0:7000 tcp/[::1]:7000]
            client -> server:7000 tcp/7000 opened=2 failed=0 closed=2 active=0 sent=128 received=128 evidence=both
            """);
    }

    [Fact]
    public async Task Curl_and_dotnet_reach_the_same_node_by_the_name_localhost()
    {
        Requirements.Program("curl", "curl");
        const GraphDetail WithoutBytes = GraphDetail.Connections | GraphDetail.Evidence;
        var (@operator, _) = await StartBothAsync();
        var server = await ListenAsync("server", "[::]:0 --when-told");
        var port = server.Port;
        var curlDone = $"""
            curl []
            server [tcp/[::]:{port}]
            curl -> server tcp/{port} opened=1 failed=0 closed=1 active=0 evidence=both
            """;

        // Who it is can be seen for as long as it waits for its answer.
        var curl = StartInside(["curl", "--noproxy", "*", "--silent", "--show-error", $"http://localhost:{port}/"]);
        await @operator.ShowsAsync(curlDone.Replace("closed=1 active=0", "closed=0 active=1", StringComparison.Ordinal), WithoutBytes);
        server.Process.WriteLine();
        await curl.EndAsync();
        Assert.Equal("{}", curl.Output);
        await @operator.ShowsAsync(curlDone, WithoutBytes);

        // Any program that uses HttpClient would do. This one does not like the answer, but connects for it.
        var dotnet = StartInside([Repository.CommandLine, "services", "--operator", $"http://localhost:{port}"]);
        var dotnetActive = $"{curlDone}\ntendril []\ntendril -> server tcp/{port} opened=1 failed=0 closed=0 active=1 evidence=both";
        await @operator.ShowsAsync(dotnetActive, WithoutBytes);
        server.Process.WriteLine();
        await dotnet.EndAsync();
        await @operator.ShowsAsync(dotnetActive.Replace("closed=0 active=1", "closed=1 active=0", StringComparison.Ordinal), WithoutBytes);
    }

    [Fact]
    public async Task Two_namespaces_with_the_same_addresses_never_mix()
    {
        var (@operator, _) = await StartBothAsync();
        var (blue, green) = (await AddNamespaceAsync(), await AddNamespaceAsync());
        foreach (var within in new[] { blue, green })
        {
            await within.RunAsync("ip", "address", "add", "10.0.0.1/32", "dev", "lo");
        }

        await ListenAsync("blue", "127.0.0.1:7000 10.0.0.1:7001", blue);
        await ListenAsync("green", "127.0.0.1:7000 10.0.0.1:7001", green);
        await ConnectAsync("blue-client", "127.0.0.1:7000 10.0.0.1:7001 --times 3", blue);
        await ConnectAsync("green-client", "127.0.0.1:7000 10.0.0.1:7001 --times 5", green);

        await @operator.ShowsAsync("""
            blue-client []
            green-client []
            blue:7001 [tcp/10.0.0.1:7001 tcp/127.0.0.1:7000]
            green:7001 [tcp/10.0.0.1:7001 tcp/127.0.0.1:7000]
            blue-client -> blue:7001 tcp/7000 opened=3 failed=0 closed=3 active=0 sent=192 received=192 evidence=both
            blue-client -> blue:7001 tcp/7001 opened=3 failed=0 closed=3 active=0 sent=192 received=192 evidence=both
            green-client -> green:7001 tcp/7000 opened=5 failed=0 closed=5 active=0 sent=320 received=320 evidence=both
            green-client -> green:7001 tcp/7001 opened=5 failed=0 closed=5 active=0 sent=320 received=320 evidence=both
            """);
    }
}
