using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Tendril.Operator.Doors;
using Tendril.Operator.Ingest;
using Tendril.Operator.Naming;
using Tendril.Protocol;
using Tendril.Protocol.Credentials;

namespace Tendril.Operator.Tests.Doors;

/// <summary>Who reads is known: by a token, by a browser's session or by the word of a proxy that is trusted.</summary>
public sealed class AccessTests : IDisposable
{
    private static readonly string[] CookieParts = ["__Host-tendril=", "; secure", "; samesite=strict", "; httponly", "; path=/"];
    private readonly Fleet _fleet = new();
    private readonly string _viewer = AccessToken.Create();
    private readonly string _admin = AccessToken.Create();

    public AccessTests() => File.WriteAllText(
        _fleet.PathOf("tokens"), "# who reads\n\n" + AccessToken.Line("alice", "viewer", _viewer) + AccessToken.Line("ops", "admin", _admin));

    [Theory]
    [InlineData("/api/dependency-graph")]
    [InlineData("/api/stream")]
    [InlineData("/api/metrics")]
    [InlineData("/metrics")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/docs/")]
    [InlineData("/")]
    public async Task Nothing_is_read_without_a_token(string path)
    {
        await using var test = await StartAsync();
        using var refused = await SendAsync(test, path);
        Assert.Equal((HttpStatusCode.Unauthorized, "Bearer realm=\"tendril\""), (refused.StatusCode, refused.Headers.WwwAuthenticate.ToString()));
        using var wrong = await SendAsync(test, path, "tendril_guessed");
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        using var read = await SendAsync(test, path, _viewer);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
    }

    [Fact]
    public async Task Nothing_is_read_by_way_of_the_agents_port_either()
    {
        await using var test = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(test.GrpcAddress, "/api/dependency-graph"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([]) { Headers = { ContentType = new("application/grpc") } },
        };
        using var response = await test.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Whether_it_lives_is_told_to_everybody()
    {
        await using var test = await StartAsync();
        using var response = await SendAsync(test, "/health");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Too_many_wrong_tokens_from_an_address_are_looked_at_no_more_and_counted()
    {
        await using var test = await StartAsync();
        for (var i = 0; i < FailedSignIns.AtOnce; i++)
        {
            using var wrong = await SendAsync(test, "/api/metrics", "tendril_guess" + i);
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        }

        using var blocked = await SendAsync(test, "/api/metrics", "tendril_guess");
        Assert.Equal((HttpStatusCode.TooManyRequests, "6"), (blocked.StatusCode, blocked.Headers.RetryAfter?.ToString()));
        Assert.Single(test.Warnings, line => line.Contains("too many wrong tokens", StringComparison.Ordinal));
        Assert.DoesNotContain(test.Warnings, line => line.Contains("tendril_guess", StringComparison.Ordinal));
        var rejections = (Rejections)test.Services.GetService(typeof(Rejections))!;
        Assert.Equal(FailedSignIns.AtOnce, rejections.Counts["sign_in"]);
    }

    [Fact]
    public async Task A_browser_signs_in_for_a_cookie_that_no_script_reads()
    {
        await using var test = await StartAsync();
        using var page = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Accept = { new("text/html") } } };
        using var sent = await test.Http.SendAsync(page, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.Redirect, "/sign-in"), (sent.StatusCode, sent.Headers.Location?.ToString()));
        var form = await test.Http.GetStringAsync("/sign-in", TestContext.Current.CancellationToken);
        Assert.DoesNotContain("<script", form, StringComparison.Ordinal);
        Assert.DoesNotContain("style=", form, StringComparison.Ordinal);

        using var wrong = await SignInAsync(test, "tendril_wrong");
        Assert.Equal((HttpStatusCode.Unauthorized, false), (wrong.StatusCode, wrong.Headers.Contains("Set-Cookie")));
        using var right = await SignInAsync(test, _viewer + "\n");
        Assert.Equal((HttpStatusCode.SeeOther, "/"), (right.StatusCode, right.Headers.Location?.ToString()));
        var cookies = right.Headers.GetValues("Set-Cookie").ToList();
        var (cookie, sign) = (cookies[0], cookies[1]);
        Assert.Equal(2, cookies.Count);
        Assert.DoesNotContain(_viewer, string.Concat(cookies), StringComparison.Ordinal);
        // For the page's script, which then offers to sign out.
        Assert.StartsWith("__Host-tendril-signed-in=1;", sign, StringComparison.Ordinal);
        Assert.DoesNotContain("httponly", sign, StringComparison.OrdinalIgnoreCase);
        Assert.All(CookieParts, part => Assert.Contains(part, cookie, StringComparison.OrdinalIgnoreCase));

        var session = cookie.Split(';')[0];
        Assert.Equal(HttpStatusCode.OK, await GetWithCookieAsync(test, session));
        using (var request = new HttpRequestMessage(HttpMethod.Post, "/sign-out") { Headers = { { "Cookie", session } } })
        {
            using var signedOut = await test.Http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.SeeOther, "/sign-in"), (signedOut.StatusCode, signedOut.Headers.Location?.ToString()));
            Assert.All(signedOut.Headers.GetValues("Set-Cookie"), ended => Assert.Contains("expires=Thu, 01 Jan 1970", ended, StringComparison.Ordinal));
        }

        Assert.Equal(HttpStatusCode.Unauthorized, await GetWithCookieAsync(test, session));
    }

    [Fact]
    public async Task A_token_that_is_taken_out_of_the_file_ends_with_all_its_sessions()
    {
        await using var test = await StartAsync();
        using var signedIn = await SignInAsync(test, _viewer);
        var session = signedIn.Headers.GetValues("Set-Cookie").First().Split(';')[0];
        Assert.Equal(HttpStatusCode.OK, await GetWithCookieAsync(test, session));

        await File.WriteAllTextAsync(_fleet.PathOf("tokens"), AccessToken.Line("ops", "admin", _admin), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, await GetWithCookieAsync(test, session));
        using var bearer = await SendAsync(test, "/api/metrics", _viewer);
        Assert.Equal(HttpStatusCode.Unauthorized, bearer.StatusCode);
    }

    [Fact]
    public async Task Another_sites_page_cannot_sign_anybody_in()
    {
        await using var test = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-in") { Content = Form(_viewer), Headers = { { "Origin", "https://evil.example.org" } } };
        using var response = await test.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData("127.0.0.0/8", "alice", HttpStatusCode.OK)]
    [InlineData("127.0.0.0/8", "", HttpStatusCode.Unauthorized)]
    [InlineData("10.0.0.0/8", "alice", HttpStatusCode.Unauthorized)]
    public async Task A_proxys_header_is_believed_only_from_its_address(string proxies, string user, HttpStatusCode expected)
    {
        Assert.True(AddressRange.TryParse(proxies, out var range));
        await using var test = await TestOperator.StartAsync(configure: options => (options.TrustedProxyHeader, options.TrustedProxies) = ("X-Remote-User", [range]));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/metrics");
        request.Headers.TryAddWithoutValidation("X-Remote-User", user);
        using var response = await test.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Flow_events_over_gRPC_want_a_token_too()
    {
        await using var test = await StartAsync();
        var observer = new Observer.ObserverClient(test.Channel);
        using var refused = observer.Observe(new(), cancellationToken: TestContext.Current.CancellationToken);
        var fault = await Assert.ThrowsAsync<RpcException>(() => refused.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Equal(StatusCode.Unauthenticated, fault.StatusCode);
        using var taken = observer.Observe(new(), new Metadata { { "authorization", "Bearer " + _viewer } }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.NotNull(await taken.ResponseHeadersAsync);
    }

    [Theory]
    [InlineData("alice viewer", "line 1: write NAME viewer|admin sha256:DIGEST")]
    [InlineData("# fine\nalice root sha256:0000000000000000000000000000000000000000000000000000000000000000", "line 2: ")]
    [InlineData("alice viewer sha256:zz00000000000000000000000000000000000000000000000000000000000000", "line 1: ")]
    public void A_wrong_line_is_told_at_the_start(string text, string expected)
    {
        File.WriteAllText(_fleet.PathOf("tokens"), text);
        var error = Assert.Single(DoorSettings.CheckFiles(new() { TokensFile = _fleet.PathOf("tokens") }, Fleet.Now));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    public void Dispose() => _fleet.Dispose();

    private Task<TestOperator> StartAsync() => TestOperator.StartAsync(
        configure: options =>
        {
            _fleet.Serve(options);
            options.TokensFile = _fleet.PathOf("tokens");
        },
        fleet: _fleet);

    private static async Task<HttpResponseMessage> SendAsync(TestOperator test, string path, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await test.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    private static Task<HttpResponseMessage> SignInAsync(TestOperator test, string token) =>
        test.Http.PostAsync("/sign-in", Form(token), TestContext.Current.CancellationToken);

    private static async Task<HttpStatusCode> GetWithCookieAsync(TestOperator test, string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/metrics") { Headers = { { "Cookie", cookie } } };
        using var response = await test.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private static FormUrlEncodedContent Form(string token) => new([new("token", token)]);
}
