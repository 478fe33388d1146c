using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.CommandLine;

/// <summary>What the agent says when it cannot do what it was asked.</summary>
public sealed class AgentCommandTests : KernelTest
{
    private static readonly string[] WithoutCapabilities = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--"];

    [Fact]
    public async Task Wrong_options_are_all_told_at_once_with_their_remedies()
    {
        await using var agent = AgentProcess.Run(["--counter-interval", "5", "--max-flow", "100", "--ring-bytes", "1000", "--operator", "localhost"]);
        await agent.EndAsync();

        Assert.Equal(2, agent.ExitCode);
        Assert.Contains("4 options are wrong", agent.Output, StringComparison.Ordinal);
        Assert.Contains("--counter-interval = \"5\": give a number with ms, s, m or h, from 100ms to 1m", agent.Output, StringComparison.Ordinal);
        Assert.Contains("--max-flow: there is no such option; did you mean --max-flows?", agent.Output, StringComparison.Ordinal);
        Assert.Contains("--ring-bytes = \"1000\": give a power of two", agent.Output, StringComparison.Ordinal);
        Assert.Contains("--operator = \"localhost\"", agent.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_rights_it_says_which_it_needs()
    {
        await using var agent = AgentProcess.Run(["--cgroup", Cgroup.Name], WithoutCapabilities);
        await agent.EndAsync();

        Assert.Equal(1, agent.ExitCode);
        Assert.Contains("run as root, or with CAP_", agent.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", agent.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cgroup_that_does_not_exist_is_named()
    {
        await using var agent = AgentProcess.Run(["--cgroup", "/no/such/cgroup"]);
        await agent.EndAsync();

        Assert.Equal(1, agent.ExitCode);
        Assert.Contains(Path.Combine(TestCgroup.Mount!, "no/such/cgroup"), agent.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_container_that_shows_it_no_other_cgroup_it_says_how_to_start_that()
    {
        // A cgroup namespace of its own, and in place of the host's tree what is below that one's root.
        const string Contained = """echo $$ >"$0/cgroup.procs" && exec unshare --cgroup --mount sh -c 'umount --lazy "$0" && mount -t cgroup2 none "$0" && exec "$@"' "$@" """;
        await using var agent = AgentProcess.Run([], ["sh", "-c", Contained, Cgroup.Directory, TestCgroup.Mount!]);
        await agent.EndAsync();

        Assert.Equal(1, agent.ExitCode);
        Assert.Contains("start the container with --cgroupns=host", agent.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_finds_by_trying_that_this_kernel_can_do_it()
    {
        await using var agent = AgentProcess.Run(["--doctor"]);
        await agent.EndAsync();

        Assert.Equal(0, agent.ExitCode);
        Assert.Contains("sockops", agent.Output, StringComparison.Ordinal);
    }
}
