using Tendril.EndToEnd.Tests.Harness;
using Tendril.Truth.Tests.Accuracy;

namespace Tendril.Truth.Tests.Software;

/// <summary>Proxies end their clients' connections and make others: two edges, rightly.</summary>
public sealed class ProxyScenarios : Scenario
{
    [Fact]
    public async Task Nginx_before_two_backends()
    {
        Requirements.Program("nginx", "nginx");
        var within = await BeginAsync();
        await StartBackendsAsync(within);
        var nginx = StartInside(["/usr/sbin/nginx", "-c", await WriteAsync("nginx.conf", Nginx.ReverseProxy(Folder, "127.0.0.1:8001", "127.0.0.1:8002"))], within);
        await nginx.LineAsync("start worker processes", anywhere: true);
        await CallAsync(6, within);
        await IsAsync("""
            curl -> nginx tcp/80 opened=6 failed=0 closed=6
            nginx -> app.py:8001 tcp/8001 opened=3 failed=0 closed=3
            nginx -> server.js:8002 tcp/8002 opened=3 failed=0 closed=3
            """);
    }

    [Fact]
    public async Task Haproxy_before_two_backends()
    {
        Requirements.Program("haproxy", "haproxy");
        var within = await BeginAsync();
        await StartBackendsAsync(within);
        var configuration = await WriteAsync("haproxy.cfg", """
            global
              nbthread 2
            defaults
              mode http
              timeout connect 5s
              timeout client 20s
              timeout server 20s
            frontend in
              bind 127.0.0.1:80
              default_backend out
            backend out
              balance roundrobin
              server first 127.0.0.1:8001
              server second 127.0.0.1:8002

            """);
        await StartInside(["/usr/sbin/haproxy", "-W", "-f", configuration], within).LineAsync("Loading success", anywhere: true);
        await CallAsync(6, within);
        await IsAsync("""
            curl -> haproxy tcp/80 opened=6 failed=0 closed=6
            haproxy -> app.py:8001 tcp/8001 opened=3 failed=0 closed=3
            haproxy -> server.js:8002 tcp/8002 opened=3 failed=0 closed=3
            """);
    }

    private async Task StartBackendsAsync(NetworkNamespace within)
    {
        Requirements.Program("curl", "curl");
        Requirements.Program("node", "nodejs");
        await ServeAsync("app.py", "127.0.0.1:8001 --http", within);
        await StartInside(["node", ProgramFile("server.js", "server.js"), "127.0.0.1", "8002"], within).LineAsync("listening ");
    }

    private async Task CallAsync(int times, NetworkNamespace within)
    {
        for (var i = 0; i < times; i++)
        {
            await RunClientAsync("curl", 80, ["curl", "--silent", "--fail", "http://127.0.0.1/"], within);
        }
    }

    private async Task<string> WriteAsync(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        return path;
    }
}
