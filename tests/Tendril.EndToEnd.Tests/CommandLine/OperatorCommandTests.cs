using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.CommandLine;

/// <summary>What the operator says when it cannot do what it was asked, and what it serves to a browser.</summary>
public sealed class OperatorCommandTests : KernelTest
{
    [Theory]
    [InlineData("--http")]
    [InlineData("--grpc")]
    public async Task A_port_in_use_is_told_with_who_holds_it(string flag)
    {
        var server = await ListenAsync("holder", "127.0.0.1:0");
        var other = flag == "--http" ? "--grpc" : "--http";

        await using var second = RunningProcess.Start([Repository.Operator, flag, $"127.0.0.1:{server.Port}", other, "127.0.0.1:0"]);
        await second.EndAsync();

        Assert.Equal(1, second.ExitCode);
        Assert.Contains($"{flag}: 127.0.0.1:{server.Port} is in use by ", second.Output, StringComparison.Ordinal);
        Assert.Contains($"(pid {server.Process.Id})", second.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_rule_is_told_with_file_and_line()
    {
        var rules = Path.Combine(Folder, "rules.yaml");
        await File.WriteAllTextAsync(rules, "rules:\n  - name: shop\n    match: { port: 80000 }\n", TestContext.Current.CancellationToken);

        await using var started = RunningProcess.Start([Repository.Operator, "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0", "--rules", rules]);
        await started.EndAsync();

        Assert.Equal(2, started.ExitCode);
        Assert.Contains("rules.yaml:3:", started.Output, StringComparison.Ordinal);
        Assert.Contains("80000", started.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_dashboard_is_served_at_the_root()
    {
        var @operator = await StartOperatorAsync();
        var page = await @operator.GetAsync("/");

        var built = Repository.File("dashboard/dist/index.html");
        if (File.Exists(built))
        {
            Assert.Equal(await File.ReadAllTextAsync(built, TestContext.Current.CancellationToken), page);
        }
        else
        {
            Assert.Contains("<html", page, StringComparison.Ordinal);
        }
    }
}
