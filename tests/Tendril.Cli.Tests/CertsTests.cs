using System.Security.Cryptography.X509Certificates;
using Tendril.Protocol.Credentials;

namespace Tendril.Cli.Tests;

/// <summary>What `tendril certs` makes is a working set: keys that only the owner reads, and nothing is ever overwritten.</summary>
public sealed class CertsTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly string[] Keys = ["ca.key", "operator.key", "agent-host-1.key"];
    private static readonly string[] WithTokens = ["ops.token", "tokens"];
    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("tendril-certs-").FullName, "fleet");

    [Fact]
    public async Task Two_commands_make_a_set_for_an_operator_and_an_agent()
    {
        Assert.Equal(0, (await CertsAsync("init", _folder)).ExitCode);
        var issued = await CertsAsync("issue", _folder, "--operator", "map.example.org", "--operator", "10.0.0.5", "--agent", "host-1");
        Assert.Equal((0, ""), (issued.ExitCode, issued.Errors));

        using var @operator = Load("operator");
        Assert.True(@operator.MatchesHostname("map.example.org") && @operator.MatchesHostname("10.0.0.5") && !@operator.MatchesHostname("example.org"));
        using var agent = Load("agent-host-1");
        var authorities = CertificateCheck.ReadAuthorities(Read("ca.crt"));
        var now = TimeProvider.System.GetUtcNow();
        Assert.Equal(("host-1", null), (HostId.Of(agent), CertificateCheck.OfAgent(agent, authorities, now)));
        Assert.Contains("not one for clients", CertificateCheck.OfAgent(@operator, authorities, now), StringComparison.Ordinal);
        Assert.Contains("expired", CertificateCheck.OfAgent(agent, authorities, now.AddDays(400)), StringComparison.Ordinal);
        Assert.All(Keys, OnlyForItsOwner);
    }

    [Fact]
    public async Task What_is_there_is_never_overwritten()
    {
        await CertsAsync("init", _folder);
        await CertsAsync("issue", _folder, "--agent", "a");
        var before = Directory.GetFiles(_folder).Order().Select(File.ReadAllText).ToList();

        foreach (var again in new string[][] { ["init", _folder], ["issue", _folder, "--agent", "b", "--agent", "a"] })
        {
            var run = await CertsAsync(again);
            Assert.Equal((1, ""), (run.ExitCode, run.Output));
            Assert.Contains("is there already; nothing was made", run.Errors, StringComparison.Ordinal);
        }

        Assert.Equal(before, Directory.GetFiles(_folder).Order().Select(File.ReadAllText));
    }

    [Fact]
    public async Task A_token_is_kept_by_its_digest_alone()
    {
        await CertsAsync("init", _folder);
        await CertsAsync("token", _folder, "--name", "alice");
        var run = await CertsAsync("token", _folder, "--name", "ops", "--role", "admin");

        var token = Read("ops.token").Trim();
        Assert.DoesNotContain(token, run.Output, StringComparison.Ordinal);
        Assert.Equal(["alice viewer", "ops admin"], File.ReadLines(Path.Combine(_folder, "tokens")).Select(line => line[..line.LastIndexOf(' ')]));
        Assert.EndsWith(AccessToken.Line("ops", "admin", token), Read("tokens"), StringComparison.Ordinal);
        Assert.All(WithTokens, OnlyForItsOwner);
    }

    [Theory]
    [InlineData(1, "Make the authority first: tendril certs init", "issue", "FOLDER", "--agent", "a")]
    [InlineData(2, "say for whom: --operator NAME, --agent HOSTID, or both", "issue", "FOLDER")]
    [InlineData(2, "neither a host name nor an address", "issue", "FOLDER", "--operator", "https://map.example.org")]
    [InlineData(2, "--agent is 'a b'", "issue", "FOLDER", "--agent", "a b")]
    [InlineData(2, "viewer, admin", "token", "FOLDER", "--name", "a", "--role", "root")]
    [InlineData(2, "--name is '../a'", "token", "FOLDER", "--name", "../a")]
    [InlineData(2, "'tendril certs issue --help'", "issue", "FOLDER")]
    public async Task What_is_wrong_is_told_with_the_remedy(int code, string said, params string[] arguments)
    {
        var run = await CertsAsync([.. arguments.Select(argument => argument == "FOLDER" ? _folder : argument)]);

        Assert.Equal((code, ""), (run.ExitCode, run.Output));
        Assert.Contains(said, run.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    private static Task<Run> CertsAsync(params string[] arguments) => CommandLine.RunAsync(["certs", .. arguments]);

    private string Read(string file) => File.ReadAllText(Path.Combine(_folder, file));

    private X509Certificate2 Load(string name) => X509Certificate2.CreateFromPem(Read(name + ".crt"), Read(name + ".key"));

    private void OnlyForItsOwner(string file) => Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Path.Combine(_folder, file)) == OwnerOnly, file);
}
