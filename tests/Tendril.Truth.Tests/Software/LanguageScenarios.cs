using Tendril.EndToEnd.Tests.Harness;
using Tendril.Truth.Tests.Accuracy;

namespace Tendril.Truth.Tests.Software;

/// <summary>Clients in other languages, each with its own runtime's sockets: dual-stack, non-blocking, from threads of its own.</summary>
public sealed class LanguageScenarios : Scenario
{
    [Fact]
    public async Task Node()
    {
        Requirements.Program("node", "nodejs");
        var within = await BeginAsync();
        var server = StartInside(["node", ProgramFile("server.js", "server.js"), "127.0.0.1", "7001"], within);
        await server.LineAsync("listening ");
        await ServeAsync("server", "[::]:7000", within);
        await CallAsync("client.js", ["node", ProgramFile("client.js", "client.js"), "127.0.0.1", "7000", "3"], within);
        await RunClientAsync("curl", 7001, ["curl", "--silent", "--fail", "http://127.0.0.1:7001/"], within);
        await IsAsync("""
            client.js -> server:7000 tcp/7000 opened=3 failed=0 closed=3
            curl -> server.js:7001 tcp/7001 opened=1 failed=0 closed=1
            """);
    }

    [Fact]
    public async Task Java()
    {
        Requirements.Program("java", "default-jdk-headless");
        var within = await BeginAsync();
        await ServeAsync("server", "[::]:7000", within);
        await CallAsync(
            "Client", ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", ProgramFile("Client.java", "Client.java"), "127.0.0.1", "7000", "3"], within);
        await IsAsync("Client -> server:7000 tcp/7000 opened=3 failed=0 closed=3");
    }

    [Fact]
    public async Task Go()
    {
        Requirements.Program("gccgo", "gccgo");
        await RunningProcess.RunAsync("gccgo", "-o", Path.Combine(Folder, "goclient"), ProgramFile("client.go", "client.go"));
        var within = await BeginAsync();
        await ServeAsync("server", "[::]:7000", within);
        await CallAsync("goclient", [Path.Combine(Folder, "goclient"), "127.0.0.1", "7000", "3"], within);
        await IsAsync("goclient -> server:7000 tcp/7000 opened=3 failed=0 closed=3");
    }

    [Fact]
    public async Task Dotnet()
    {
        var within = await BeginAsync();
        var server = await ServeAsync("server", "[::]:7000", within);
        // Any program with an HttpClient would do. This one does not understand the answer, and says so.
        var client = StartClient("tendril", ["sh", "-c", "echo dialling 7000 $(date +%s%6N); exec \"$@\"", "sh", "dotnet", Repository.CommandLine + ".dll", "services", "--operator", "http://127.0.0.1:7000"], within);
        await client.EndAsync();
        Assert.False(server.HasEnded);
        await IsAsync("tendril -> server:7000 tcp/7000 opened=1 failed=0 closed=1");
    }

    private async Task CallAsync(string name, IEnumerable<string> command, NetworkNamespace within) =>
        await StartClient(name, command, within).LineAsync("connected ");
}
