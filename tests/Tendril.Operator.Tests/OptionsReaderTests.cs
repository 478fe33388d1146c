using System.Collections;
using System.Net;
using System.Net.Sockets;

namespace Tendril.Operator.Tests;

public class OptionsReaderTests
{
    [Fact]
    public void Without_settings_it_listens_on_loopback()
    {
        var result = Read();
        Assert.Empty(result.Errors);
        Assert.Equal((new(IPAddress.Loopback, 8080), new(IPAddress.Loopback, 50051)), (result.Options.Http, result.Options.Grpc));
    }

    [Fact]
    public void A_flag_beats_the_environment_and_that_beats_the_file()
    {
        var file = Write("operator.ini", "idle-after = 10s\ngone-after = 20m\nmax-agents = 5\n");
        var result = Read(["--config", file, "--idle-after=30s"], ("TENDRIL_OPERATOR_IDLE_AFTER", "20s"), ("TENDRIL_OPERATOR_GONE_AFTER", "40m"));
        Assert.Empty(result.Errors);
        Assert.Equal((TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(40), 5), (result.Options.IdleAfter, result.Options.GoneAfter, result.Options.MaxAgents));
    }

    [Fact]
    public void Json_files_and_switches_are_read()
    {
        var result = Read("--config", Write("operator.json", """{ "include-self": true, "http": "[::1]:9000" }"""));
        Assert.Empty(result.Errors);
        Assert.True(result.Options.IncludeSelf);
        Assert.Equal(IPEndPoint.Parse("[::1]:9000"), result.Options.Http);
    }

    [Theory]
    [InlineData("--htpp 127.0.0.1:1", "--htpp: unknown flag, did you mean --http?")]
    [InlineData("graph", "graph: unknown argument; --help lists them all")]
    [InlineData("--http 8080", "--http: '8080' does not do: write ADDRESS:PORT, for example 127.0.0.1:8080 or [::1]:8080")]
    [InlineData("--http 127.0.0.1:99999", "--http: '127.0.0.1:99999' does not do: write ADDRESS:PORT")]
    [InlineData("--http ::1:80", "--http: '::1:80' does not do: write ADDRESS:PORT")]
    [InlineData("--http", "--http: its value is missing; write --http ADDRESS:PORT")]
    [InlineData("--idle-after 5parsecs", "--idle-after: '5parsecs' does not do: write a number and a unit, at least 1s")]
    [InlineData("--max-edges 0", "--max-edges: '0' does not do: write a whole number from 1 to 10000000")]
    [InlineData("--rules /nowhere.yaml", "--rules: '/nowhere.yaml' does not do: there is no such file")]
    [InlineData("--config /nowhere.ini", "--config: '/nowhere.ini': there is no such file")]
    [InlineData("--http 0.0.0.0:8080", "--http: 0.0.0.0:8080 can be reached from other machines")]
    [InlineData("--http 0.0.0.0:8080", "--http: 0.0.0.0:8080 can be reached from other machines, and without more everybody who reaches it sees the graph. Add --tls-cert and --tls-key, and --tokens (`tendril certs` makes the files)")]
    [InlineData("--grpc 0.0.0.0:50051", "--grpc: 0.0.0.0:50051 can be reached from other machines, and without more everybody who reaches it may send reports and read flows. Add --tls-cert and --tls-key, and --agent-ca, and --tokens")]
    [InlineData("--tls-cert /dev/null", "--tls-cert: needs --tls-key too")]
    [InlineData("--trusted-proxy-header X-Remote-User", "--trusted-proxy-header: needs --trusted-proxies too")]
    [InlineData("--trusted-proxies 10.0.0.0/8", "--trusted-proxies: needs --trusted-proxy-header too")]
    [InlineData("--trusted-proxies ten", "--trusted-proxies: 'ten' does not do: write addresses or ranges")]
    [InlineData("--trusted-proxy-header a:b", "--trusted-proxy-header: 'a:b' does not do: write a header's name")]
    [InlineData("--agent-ca /dev/null", "--agent-ca: needs --tls-cert and --tls-key")]
    [InlineData("--grpc 127.0.0.1:8080", "--grpc: 127.0.0.1:8080 is the same as --http")]
    [InlineData("--idle-after 1h", "--gone-after: must be longer than --idle-after")]
    [InlineData("--max-edges 5 --max-edges 6", "--max-edges: given 2 times")]
    [InlineData("--include-self=perhaps", "--include-self: 'perhaps' does not do: write true or false")]
    public void A_wrong_setting_is_told_with_key_value_and_remedy(string args, string error) =>
        Assert.Contains(Read(args.Split(' ')).Errors, told => told.StartsWith(error, StringComparison.Ordinal));

    [Fact]
    public void All_wrong_settings_are_told_at_once()
    {
        var result = Read(["--http", "x", "--nothing"], ("TENDRIL_OPERATOR_MAX_EDGES", "-1"), ("TENDRIL_OPERATOR_TYPO", "1"));
        Assert.Equal(4, result.Errors.Count);
        Assert.Contains(result.Errors, error => error.StartsWith("TENDRIL_OPERATOR_TYPO: unknown setting", StringComparison.Ordinal));
    }

    [Fact]
    public void Remote_addresses_are_taken_when_that_is_said() =>
        Assert.Empty(Read("--http", "0.0.0.0:8080", "--allow-remote").Errors);

    [Fact]
    public void The_help_names_every_setting() =>
        Assert.All(OperatorSettings.All, setting => Assert.Contains(setting.Flag, OperatorHelp.Text(), StringComparison.Ordinal));

    [Fact]
    public void The_defaults_in_the_help_are_the_real_ones()
    {
        foreach (var setting in OperatorSettings.All.Where(setting => setting.Default is not "none"))
        {
            var (before, after) = (new OperatorOptions(), new OperatorOptions());
            Assert.Null(setting.Set(after, setting.Default));
            Assert.All(typeof(OperatorOptions).GetProperties().Where(property => property.Name != nameof(OperatorOptions.AllowedHosts)),
                property => Assert.Equal(property.GetValue(before), property.GetValue(after)));
        }
    }

    [Fact]
    public void The_holder_of_a_port_is_found()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        // Our own: known, and not told as a stranger.
        Assert.Null(PortHolder.Find(((IPEndPoint)socket.LocalEndPoint!).Port));
    }

    private static OptionsResult Read(params string[] args) => OptionsReader.Read(args, new Hashtable());

    private static OptionsResult Read(string[] args, params (string Key, string Value)[] environment)
    {
        var table = new Hashtable();
        Array.ForEach(environment, pair => table[pair.Key] = pair.Value);
        return OptionsReader.Read(args, table);
    }

    private static string Write(string name, string text)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("tendril-").FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
