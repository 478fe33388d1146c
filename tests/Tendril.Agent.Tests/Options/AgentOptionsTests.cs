using Microsoft.Extensions.Logging;

namespace Tendril.Agent.Tests.Options;

public sealed class AgentOptionsTests
{
    private static readonly Dictionary<string, string> NoEnvironment = [];

    private static AgentOptionsResult Parse(string args, string? file = null, params (string Key, string Value)[] environment)
        => AgentOptions.Parse(
            args.Split(' ', StringSplitOptions.RemoveEmptyEntries), environment.ToDictionary(e => e.Key, e => e.Value),
            path => path == AgentOptions.DefaultConfigFile ? file : null);

    [Fact]
    public void Nothing_given_is_the_defaults()
    {
        var options = Parse("").Options!;
        Assert.Equal(new Uri("http://127.0.0.1:50051"), options.Operator);
        Assert.Equal("/", options.Cgroup);
        Assert.Empty(options.XdpInterfaces);
        Assert.Equal(200, options.EventsPerSecond);
        Assert.Equal(TimeSpan.FromSeconds(1), options.CounterInterval);
        Assert.Equal(TimeSpan.FromMilliseconds(200), options.EventInterval);
        Assert.Equal(TimeSpan.FromSeconds(5), options.SnapshotInterval);
        Assert.Equal((32_768, 2_048, 32_768, 8_192, 8_192, 262144), (options.MaxDependencies, options.MaxDependenciesPerProcess, options.MaxFlows, options.MaxListeners, options.MaxConnecting, options.RingBytes));
        Assert.Equal(LogLevel.Information, options.LogLevel);
        Assert.False(options.IncludeSelf || options.Doctor || options.ShowHelp || options.ShowVersion);
        Assert.True(options.RecordFile is null && options.ReplayFile is null && options.ConfigFile is null);
    }

    [Fact]
    public void Every_option_can_be_given_as_a_flag()
    {
        var options = Parse("""
            --operator=https://tendril.example.com:50051 --cgroup /system.slice --xdp lo --xdp eth0 --events-per-second 0 --counter-interval 1.5s
            --event-interval 10ms --snapshot-interval 0 --max-dependencies 64 --max-dependencies-per-process 16 --max-flows 128 --max-listeners 256 --max-connecting 512
            --ring-bytes 65536 --record r.bin --include-self --log-level debug --doctor
            """.ReplaceLineEndings(" ")).Options!;
        Assert.Equal("tendril.example.com", options.Operator.Host);
        Assert.Equal(["lo", "eth0"], options.XdpInterfaces);
        Assert.Equal(0, options.EventsPerSecond);
        Assert.Equal(TimeSpan.FromMilliseconds(1500), options.CounterInterval);
        Assert.Equal(TimeSpan.Zero, options.SnapshotInterval);
        Assert.Equal((64, 16, 128, 256, 512, 65536), (options.MaxDependencies, options.MaxDependenciesPerProcess, options.MaxFlows, options.MaxListeners, options.MaxConnecting, options.RingBytes));
        Assert.Equal("r.bin", options.RecordFile);
        Assert.True(options.IncludeSelf && options.Doctor);
        Assert.Equal(LogLevel.Debug, options.LogLevel);
    }

    [Fact]
    public void A_flag_beats_the_environment_which_beats_the_file()
    {
        const string File = "max-flows = 100\nmax-listeners = 100\nmax-connecting = 100\nxdp = a\nxdp = b\n";
        var options = Parse("--max-flows 300 --xdp c", File, ("TENDRIL_MAX_FLOWS", "200"), ("TENDRIL_MAX_LISTENERS", "200")).Options!;
        Assert.Equal((300, 200, 100), (options.MaxFlows, options.MaxListeners, options.MaxConnecting));
        Assert.Equal(["c"], options.XdpInterfaces);
    }

    [Fact]
    public void The_file_takes_comments_quotes_and_the_environments_spelling()
    {
        var options = Parse("", "# comment\n; another\n\n  cgroup = \"/a b\"  \r\nTENDRIL_MAX_FLOWS=99\ninclude-self = yes\nxdp = lo, eth0").Options!;
        Assert.Equal("/a b", options.Cgroup);
        Assert.Equal(99, options.MaxFlows);
        Assert.True(options.IncludeSelf);
        Assert.Equal(["lo", "eth0"], options.XdpInterfaces);
    }

    [Theory]
    [InlineData("--operator ftp://x", "flag: --operator = \"ftp://x\": give a URL such as http://127.0.0.1:50051")]
    [InlineData("--operator 127.0.0.1:50051", "give a URL such as")]
    [InlineData("--operator http://user:secret@host:1", "give only scheme, host and port, such as http://host:1")]
    [InlineData("--operator http://host:1/path", "give only scheme, host and port")]
    [InlineData("--cgroup /a/../b", "without \"..\"")]
    [InlineData("--xdp name-of-16-bytes", "1 to 15 bytes")]
    [InlineData("--xdp a/b", "1 to 15 bytes")]
    [InlineData("--events-per-second -1", "a whole number from 0 to 1000000")]
    [InlineData("--events-per-second 1e3", "a whole number")]
    [InlineData("--max-dependencies 63", "from 64 to 4194304")]
    [InlineData("--counter-interval 5", "a number with ms, s, m or h, from 100ms to 1m")]
    [InlineData("--counter-interval 99ms", "from 100ms to 1m")]
    [InlineData("--counter-interval 61s", "from 100ms to 1m")]
    [InlineData("--counter-interval 0", "from 100ms to 1m")]
    [InlineData("--counter-interval -1s", "from 100ms to 1m")]
    [InlineData("--counter-interval 1e9s", "from 100ms to 1m")]
    [InlineData("--counter-interval sss", "from 100ms to 1m")]
    [InlineData("--event-interval 9ms", "from 10ms to 10s")]
    [InlineData("--snapshot-interval 500ms", "from 1s to 1h, or 0 for never")]
    [InlineData("--ring-bytes 5000", "a power of two from")]
    [InlineData("--ring-bytes 1024", "a power of two from")]
    [InlineData("--log-level loud", "give trace, debug")]
    [InlineData("--include-self=maybe", "give true or false")]
    [InlineData("--operator", "give a value: --operator URL")]
    [InlineData("--cgroup --xdp lo", "flag: --cgroup: give a value: --cgroup PATH")]
    [InlineData("--max-flows 100 --max-flows 200", "given before as \"100\"; give it once")]
    [InlineData("--record a --replay b", "give one of the two")]
    [InlineData("--operator https://h:1 --cert a", "--cert = \"a\": give --key too")]
    [InlineData("--operator-ca a", "--operator-ca: is for TLS, so --operator must begin with https://")]
    [InlineData("--config /nowhere", "flag: --config = \"/nowhere\": there is no such file")]
    [InlineData("--oprator http://x", "flag: --oprator: there is no such option; did you mean --operator?")]
    [InlineData("--interval 1s", "did you mean --event-interval?")]
    [InlineData("--zzzzzzzzzz", "--help lists them all")]
    [InlineData("operator", "options begin with \"--\"; did you mean --operator?")]
    [InlineData("-x", "options begin with \"--\"")]
    public void A_wrong_flag_is_refused_with_the_remedy(string args, string expected)
    {
        var result = Parse(args);
        Assert.Null(result.Options);
        Assert.Contains(expected, Assert.Single(result.Errors).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("max-flow = 5", "/etc/tendril/agent.conf:1: max-flow = \"5\": there is no such option; did you mean max-flows?")]
    [InlineData("\nTENDRIL_OPERTOR = x", "/etc/tendril/agent.conf:2: TENDRIL_OPERTOR = \"x\": there is no such option; did you mean operator?")]
    [InlineData("[agent]", "/etc/tendril/agent.conf:1: [agent]: write \"name = value\"; there are no [sections]")]
    [InlineData("= 5", "write \"name = value\"")]
    [InlineData("help = true", "not in a file; give --help")]
    [InlineData("config = other", "not in a file; give --config")]
    [InlineData("max-flows = 1\n", "agent.conf:1: max-flows = \"1\": give a whole number from 64")]
    [InlineData("max-flows = 100\nmax-flows = 100\n", "agent.conf:2: max-flows = \"100\": given before")]
    public void A_wrong_line_is_refused_with_file_and_line(string file, string expected)
        => Assert.Contains(expected, Assert.Single(Parse("", file).Errors).ToString(), StringComparison.Ordinal);

    [Fact]
    public void Everything_wrong_is_told_at_once()
    {
        var result = Parse("--max-flows x --nonsense --ring-bytes 3", "max-listeners = -", ("TENDRIL_COUNTER_INTERVAL", "soon"));
        Assert.Equal(5, result.Errors.Count);
        Assert.Equal(
            ["flag --nonsense", "/etc/tendril/agent.conf:1 max-listeners", "environment TENDRIL_COUNTER_INTERVAL", "flag --max-flows", "flag --ring-bytes"],
            result.Errors.Select(e => $"{e.Source} {e.Key}"));
        var refusal = AgentOptionsHelp.Refusal(result.Errors);
        Assert.StartsWith("tendril-agent: 5 options are wrong:", refusal, StringComparison.Ordinal);
        Assert.Contains("Nothing was started.", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_of_other_parts_and_empty_ones_are_left_alone()
        => Assert.NotNull(Parse("", null, ("TENDRIL_RULES", "shop.yaml"), ("TENDRIL_OPERATOR", "")).Options);

    [Fact]
    public void A_file_that_cannot_be_read_is_an_error_and_no_exception()
    {
        var result = AgentOptions.Parse([], NoEnvironment, _ => throw new UnauthorizedAccessException("denied"));
        Assert.Contains("cannot be read: denied", Assert.Single(result.Errors).Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void The_named_file_is_read_instead_of_the_default_one()
    {
        var result = AgentOptions.Parse(["--config", "mine"], NoEnvironment, path => path == "mine" ? "max-flows = 77" : "max-flows = 66");
        Assert.Equal(77, result.Options!.MaxFlows);
    }

    [Fact]
    public void Whoever_asks_for_help_gets_it_whatever_else_is_wrong() => Assert.True(Parse("--nonsense -h").Options!.ShowHelp);

    [Fact]
    public void The_help_names_every_option_with_its_default_in_at_most_110_columns()
    {
        var help = AgentOptionsHelp.Text();
        foreach (var option in AgentOptionsTable.All)
        {
            Assert.Contains($"  {option.Flag}", help, StringComparison.Ordinal);
            Assert.True(option.Default is null || help.Contains($"(default {option.Default})", StringComparison.Ordinal), option.Flag);
        }

        Assert.All(help.Split('\n'), line => Assert.True(line.Length <= 112, line));
        Assert.Contains("Examples:", help, StringComparison.Ordinal);
    }
}
