using Tendril.EndToEnd.Tests.Harness;
using Tendril.Truth.Tests.Accuracy;

namespace Tendril.Truth.Tests.Identity;

/// <summary>Programs that a runtime runs have their own names, and what a person named them comes first.</summary>
public sealed class ProgramScenarios : Scenario
{
    [Fact]
    public async Task Name_in_the_environment()
    {
        var within = await BeginAsync();
        await ServeAsync("server", "127.0.0.1:7000", within, "env", "OTEL_SERVICE_NAME=checkout");
        await DialAsync("client", "127.0.0.1:7000 --times 3", within, "env", "OTEL_RESOURCE_ATTRIBUTES=service.version=2,service.name=web");
        await IsAsync("web -> checkout tcp/7000 opened=3 failed=0 closed=3");
    }

    [Fact]
    public async Task Script_of_Python()
    {
        var within = await BeginAsync();
        await ServeAsync("app.py", "127.0.0.1:7000", within);
        await DialAsync("job.py", "127.0.0.1:7000 --times 3", within);
        await IsAsync("job.py -> app.py:7000 tcp/7000 opened=3 failed=0 closed=3");
    }

    [Fact]
    public async Task Module_of_Python()
    {
        var within = await BeginAsync();
        var server = StartInside(["/usr/bin/python3", "-u", "-m", "http.server", "7000", "--bind", "127.0.0.1", "--directory", Folder], within);
        await server.LineAsync("Serving HTTP ");
        await CurlAsync(within);
        await IsAsync("curl -> http.server:7000 tcp/7000 opened=1 failed=0 closed=1");
    }

    [Fact]
    public async Task Class_of_Java()
    {
        await CompileAsync();
        var within = await BeginAsync();
        await ListeningAsync(StartInside(["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", Folder, "Server", "7000"], within));
        await DialAsync("client", "127.0.0.1:7000 --times 3", within);
        await IsAsync("client -> Server:7000 tcp/7000 opened=3 failed=0 closed=3");
    }

    [Fact]
    public async Task Archive_of_Java()
    {
        await CompileAsync();
        var archive = Path.Combine(Folder, "shop-1.4.2.jar");
        await RunningProcess.RunAsync("jar", "--create", "--file", archive, "--main-class", "Server", "-C", Folder, "Server.class");
        var within = await BeginAsync();
        await ListeningAsync(StartInside(["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", archive, "7000"], within));
        await DialAsync("client", "127.0.0.1:7000 --times 3", within);
        await IsAsync("client -> shop:7000 tcp/7000 opened=3 failed=0 closed=3");
    }

    // Any server would do; this one is there.
    [Fact]
    public async Task Library_of_dotnet()
    {
        var within = await BeginAsync();
        var server = StartInside(["dotnet", Repository.Operator + ".dll", "--http", "127.0.0.1:7000", "--grpc", "127.0.0.1:7001"], within);
        await server.LineAsync("  agents ");
        await CurlAsync(within);
        await IsAsync("curl -> tendril-operator:7000 tcp/7000 opened=1 failed=0 closed=1");
    }

    [Fact]
    public async Task Rule_above_all()
    {
        var rules = Path.Combine(Folder, "rules.yaml");
        await File.WriteAllTextAsync(rules, "rules:\n  - name: orders\n    match: { port: 7000 }\n", TestContext.Current.CancellationToken);
        var @operator = await StartOperatorAsync("--rules", rules);
        await WatchAsync(@operator);
        var within = await AddNamespaceAsync();
        var place = Own(new CgroupBelow(Cgroup, "system.slice/shop.service"));
        await ServeAsync("server", "127.0.0.1:7000", within, [.. place.Enter, "env", "OTEL_SERVICE_NAME=checkout"]);
        await DialAsync("client", "127.0.0.1:7000 --times 3", within);
        await IsAsync("client -> orders tcp/7000 opened=3 failed=0 closed=3");
        Assert.Equal(("service/orders", "rule rules.yaml:2"), (await Names.ReadAsync(@operator))["orders"]);
    }

    private static async Task ListeningAsync(RunningProcess server) => await server.LineAsync("listening ");

    private async Task CurlAsync(NetworkNamespace within) =>
        await RunClientAsync("curl", 7000, ["curl", "--silent", "--fail", "--output", "/dev/null", "http://127.0.0.1:7000/"], within);

    private async Task CompileAsync()
    {
        Requirements.Program("javac", "default-jdk-headless");
        await RunningProcess.RunAsync("javac", "-d", Folder, ProgramFile("Server.java", "Server.java"));
    }
}
