using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Tendril.Operator.Doors;
using Tendril.Protocol;
using Tendril.Protocol.Credentials;

namespace Tendril.Operator.Tests.Doors;

/// <summary>An admin's token for one host becomes that host's certificate, once.</summary>
public sealed class JoinTests : IDisposable
{
    private const string Host = TestOperator.MachineId;
    private readonly Fleet _fleet = new();
    private readonly string _viewer = AccessToken.Create();
    private readonly string _admin = AccessToken.Create();

    public JoinTests() => File.WriteAllText(
        _fleet.PathOf("tokens"), AccessToken.Line("alice", "viewer", _viewer) + AccessToken.Line("ops", "admin", _admin));

    [Fact]
    public async Task A_host_joins_reports_and_renews()
    {
        await using var test = await StartAsync();
        var token = await TokenAsync(test, Host);
        var joining = new Joining.JoiningClient(test.Channel);
        var authority = CertificateCheck.ReadAuthorities((await joining.GetAuthorityAsync(new(), cancellationToken: TestContext.Current.CancellationToken)).CertificatePem)[0];
        Assert.Equal(token.Fingerprint, System.Security.Cryptography.SHA256.HashData(authority.RawData));

        using var key = AgentKey.Create();
        var joined = await JoinAsync(joining, token, Host, key);
        using var channel = _fleet.Channel(test.GrpcAddress, new(joined.CertificatePem, key.Pem));
        await using (await TestAgent.ConnectAsync(channel))
        {
        }

        using var nextKey = AgentKey.Create();
        var renewed = await new Joining.JoiningClient(channel).RenewAsync(
            new() { SigningRequest = ByteString.CopyFrom(nextKey.Request("some other host")) }, cancellationToken: TestContext.Current.CancellationToken);
        using var own = X509Certificate2.CreateFromPem(renewed.CertificatePem, nextKey.Pem);
        Assert.Equal((Host, null), (HostId.Of(own), CertificateCheck.OfAgent(own, [authority], Fleet.Now)));
        Assert.InRange((own.NotAfter - own.NotBefore).TotalDays, 89, 91);
    }

    [Fact]
    public async Task A_token_is_good_for_one_host_and_one_key()
    {
        await using var test = await StartAsync();
        var token = await TokenAsync(test, Host);
        var joining = new Joining.JoiningClient(test.Channel);
        using var key = AgentKey.Create();
        using var thief = AgentKey.Create();

        Assert.Equal(StatusCode.PermissionDenied, (await RefusalAsync(() => JoinAsync(joining, token, "another", thief))).StatusCode);
        await JoinAsync(joining, token, Host, key);
        // Again, as after a lost answer.
        await JoinAsync(joining, token, Host, key);
        Assert.Equal(StatusCode.Unauthenticated, (await RefusalAsync(() => JoinAsync(joining, token, Host, thief))).StatusCode);
        Assert.Equal(StatusCode.Unauthenticated, (await RefusalAsync(() => JoinAsync(joining, JoinToken.Create(token.Fingerprint), Host, key))).StatusCode);
        Assert.Equal(StatusCode.Unauthenticated, (await RefusalAsync(async () => await joining.RenewAsync(new() { SigningRequest = ByteString.CopyFrom(key.Request(Host)) }))).StatusCode);
        Assert.Equal(StatusCode.InvalidArgument, (await RefusalAsync(async () => await joining.JoinAsync(new() { MachineId = Host, SigningRequest = ByteString.CopyFromUtf8("none") }))).StatusCode);
    }

    [Fact]
    public async Task Guessing_is_slowed_down()
    {
        await using var test = await StartAsync();
        var joining = new Joining.JoiningClient(test.Channel);
        using var key = AgentKey.Create();
        for (var i = 0; i < FailedSignIns.AtOnce; i++)
        {
            Assert.Equal(StatusCode.Unauthenticated, (await RefusalAsync(() => JoinAsync(joining, JoinToken.Create(new byte[32]), Host, key))).StatusCode);
        }

        Assert.Equal(StatusCode.ResourceExhausted, (await RefusalAsync(() => JoinAsync(joining, JoinToken.Create(new byte[32]), Host, key))).StatusCode);
    }

    [Theory]
    [InlineData("viewer", """{ "hostId": "a" }""", HttpStatusCode.Forbidden)]
    [InlineData("nobody", """{ "hostId": "a" }""", HttpStatusCode.Unauthorized)]
    [InlineData("admin", """{ "hostId": "a b" }""", HttpStatusCode.BadRequest)]
    [InlineData("admin", """{ "host": "a" }""", HttpStatusCode.BadRequest)]
    [InlineData("admin", "", HttpStatusCode.BadRequest)]
    [InlineData("admin", """{ "hostId": "a" }""", HttpStatusCode.OK)]
    public async Task Only_an_admin_makes_them(string who, string body, HttpStatusCode expected)
    {
        await using var test = await StartAsync();
        using var response = await PostAsync(test, body, who switch { "viewer" => _viewer, "admin" => _admin, _ => "tendril_x" });
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Where_everybody_reads_nobody_makes_them()
    {
        await using var test = await TestOperator.StartAsync();
        using var response = await test.Http.PostAsJsonAsync("/api/join-tokens", new { hostId = "a" }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public void They_end_and_are_bounded()
    {
        var clock = new Clock();
        var tokens = new JoinTokens(clock);
        for (var i = 0; i < JoinTokens.Most; i++)
        {
            Assert.NotNull(tokens.Add([(byte)i, (byte)(i >> 8)], Host));
        }

        Assert.Null(tokens.Add([1, 2, 3], Host));
        Assert.Equal(Host, tokens.Redeem([0, 0], Host, [1]));
        clock.Now += JoinTokens.Lifetime;
        Assert.Null(tokens.Redeem([1, 0], Host, [1]));
        Assert.NotNull(tokens.Add([1, 2, 3], Host));
    }

    [Fact]
    public void A_token_does_not_show_itself()
    {
        var token = JoinToken.Create(new byte[32]);
        var parsed = JoinToken.Parse(token.Reveal() + "\n")!;
        Assert.Equal(token.Secret, parsed.Secret);
        Assert.Equal(token.Fingerprint, parsed.Fingerprint);
        Assert.Equal("tendril-join.…", $"{token}");
        Assert.All(["", "tendril-join..", token.Reveal() + "x", token.Reveal().Replace("tendril-join", "join"), "tendril-join." + new string('A', 43) + "." + new string('!', 43)],
            text => Assert.Null(JoinToken.Parse(text)));
    }

    public void Dispose() => _fleet.Dispose();

    private Task<TestOperator> StartAsync() => TestOperator.StartAsync(
        configure: options =>
        {
            _fleet.Serve(options);
            (options.TokensFile, options.AgentAuthorityKeyFile) = (_fleet.PathOf("tokens"), _fleet.PathOf("ca.key"));
        },
        fleet: _fleet);

    private async Task<JoinToken> TokenAsync(TestOperator test, string host)
    {
        using var response = await PostAsync(test, $$"""{ "hostId": "{{host}}" }""", _admin);
        var document = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(host, document.GetProperty("hostId").GetString());
        return JoinToken.Parse(document.GetProperty("token").GetString()!)!;
    }

    private static async Task<HttpResponseMessage> PostAsync(TestOperator test, string body, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/join-tokens") { Content = new StringContent(body, new MediaTypeHeaderValue("application/json")) };
        request.Headers.Authorization = new("Bearer", token);
        return await test.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<CertificateReply> JoinAsync(Joining.JoiningClient joining, JoinToken token, string host, AgentKey key) => await joining.JoinAsync(
        new() { Secret = ByteString.CopyFrom(token.Secret), MachineId = host, SigningRequest = ByteString.CopyFrom(key.Request(host)) }, cancellationToken: TestContext.Current.CancellationToken);

    private static Task<RpcException> RefusalAsync(Func<Task> call) => Assert.ThrowsAsync<RpcException>(call);

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
