using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.Doors;

/// <summary>The real programs beyond loopback's trust: certificates that `tendril certs` makes, tokens, and a host that joins. A recording stands for the kernel.</summary>
public sealed class FleetTests : IAsyncDisposable
{
    private const string Folder = "fleet";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly string _work = Directory.CreateTempSubdirectory("tendril-doors-").FullName;
    private readonly Stack<RunningProcess> _started = new();
    private string _rest = "";
    private string _grpc = "";

    [Fact]
    public async Task An_agent_with_its_hosts_certificate_reports_and_another_hosts_does_not()
    {
        await StartOperatorAsync();
        await CertsAsync("issue", PathOf(Folder), "--agent", HostId(), "--agent", "another");

        var stranger = StartAgent("--cert", PathOf("fleet/agent-another.crt"), "--key", PathOf("fleet/agent-another.key"));
        await stranger.LineAsync($"is for host another, so it cannot speak for host {HostId()}", anywhere: true);

        StartAgent("--cert", PathOf($"fleet/agent-{HostId()}.crt"), "--key", PathOf($"fleet/agent-{HostId()}.key"));
        await ShowsTheShopAsync();
    }

    [Fact]
    public async Task A_host_joins_with_a_token_and_needs_it_no_more_afterwards()
    {
        var @operator = await StartOperatorAsync();
        await RunAsync("certs", "join-token", HostId(), "--out", PathOf("join.token"), "--token-file", PathOf("fleet/ops.token"));
        var state = PathOf("state");

        var first = StartAgent("--join-token-file", PathOf("join.token"), "--state", state);
        await first.LineAsync("connected to the operator", anywhere: true);
        await ShowsTheShopAsync();
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Path.Combine(state, "agent.pem")) == OwnerOnly);
        await first.DisposeAsync();

        var second = RunningProcess.Start([Repository.Agent, "--replay", Recording, "--operator", _grpc, "--state", state]);
        _started.Push(second);
        await second.LineAsync("connected to the operator", anywhere: true);

        // The token was used up by the first one's key.
        var thief = StartAgent("--join-token-file", PathOf("join.token"), "--state", PathOf("elsewhere"));
        await thief.LineAsync("join token: it is not known, was used before", anywhere: true);

        var token = await File.ReadAllTextAsync(PathOf("join.token"), TestContext.Current.CancellationToken);
        Assert.All(_started, process => Assert.DoesNotContain(token.Trim().Split('.')[2], process.Output, StringComparison.Ordinal));
        Assert.Contains($"Agent of host {HostId()} joined", @operator.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_token_the_command_line_is_told_what_to_show()
    {
        await StartOperatorAsync();
        await using var refused = RunningProcess.Start([Repository.CommandLine, "graph", "--operator", _rest, "--ca-file", PathOf("fleet/ca.crt")]);
        await refused.EndAsync();
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("--token-file FILE, or TENDRIL_TOKEN_FILE", refused.Output, StringComparison.Ordinal);

        await using var viewer = RunningProcess.Start(
            [Repository.CommandLine, "certs", "join-token", HostId(), "--out", PathOf("no.token"), "--operator", _rest, "--ca-file", PathOf("fleet/ca.crt"), "--token-file", PathOf("fleet/alice.token")]);
        await viewer.EndAsync();
        Assert.Equal(1, viewer.ExitCode);
        Assert.Contains("alice is no admin", viewer.Output, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var process))
        {
            await process.DisposeAsync();
        }

        Directory.Delete(_work, recursive: true);
    }

    private static string Recording => Repository.File("tests/recordings/shop/events.tendril");

    private static string HostId()
    {
        var id = File.Exists("/etc/machine-id") ? File.ReadAllText("/etc/machine-id").Trim() : "";
        return id is "" or "uninitialized" ? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() : id;
    }

    private string PathOf(string file) => Path.Combine(_work, file);

    private async Task<RunningProcess> StartOperatorAsync()
    {
        await CertsAsync("init", PathOf(Folder));
        await CertsAsync("issue", PathOf(Folder), "--operator", "127.0.0.1");
        await CertsAsync("token", PathOf(Folder), "--name", "alice");
        await CertsAsync("token", PathOf(Folder), "--name", "ops", "--role", "admin");
        var started = RunningProcess.Start(
            [Repository.Operator, "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0", "--tls-cert", PathOf("fleet/operator.crt"), "--tls-key", PathOf("fleet/operator.key"),
                "--agent-ca", PathOf("fleet/ca.crt"), "--agent-ca-key", PathOf("fleet/ca.key"), "--tokens", PathOf("fleet/tokens"), "--gone-after", "3650d", "--retain-gone", "3650d"]);
        _started.Push(started);
        _rest = (await started.LineAsync("  dashboard ")).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        _grpc = (await started.LineAsync("  agents ")).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return started;
    }

    private RunningProcess StartAgent(params string[] arguments)
    {
        var agent = RunningProcess.Start([Repository.Agent, "--replay", Recording, "--operator", _grpc, .. arguments[0] == "--cert" ? new[] { "--operator-ca", PathOf("fleet/ca.crt") } : [], .. arguments]);
        _started.Push(agent);
        return agent;
    }

    private static Task<string> CertsAsync(params string[] arguments) => RunningProcess.RunAsync([Repository.CommandLine, "certs", .. arguments]);

    private Task<string> RunAsync(params string[] arguments) =>
        RunningProcess.RunAsync([Repository.CommandLine, .. arguments, "--operator", _rest, "--ca-file", PathOf("fleet/ca.crt")]);

    private Task ShowsTheShopAsync()
    {
        var graph = "";
        return Wait.UntilAsync(
            async () => (graph = await RunAsync("graph", "--output", "csv", "--token-file", PathOf("fleet/alice.token"))).Contains("front:7000", StringComparison.Ordinal),
            () => $"the shop's graph; there is\n{graph}");
    }
}
