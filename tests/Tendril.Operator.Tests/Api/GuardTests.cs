using System.Net;

namespace Tendril.Operator.Tests.Api;

public class GuardTests
{
    [Theory]
    [InlineData("evil.example.org", 421)]
    [InlineData("10.1.2.3", 421)]
    [InlineData("localhost:1234", 200)]
    [InlineData("127.0.0.1", 200)]
    [InlineData("[::1]:8080", 200)]
    [InlineData("tendril.example.org", 200)]
    public async Task Only_its_own_names_reach_it(string host, int status)
    {
        await using var test = await TestOperator.StartAsync(configure: options => options.AllowedHosts = ["tendril.example.org"]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health") { Headers = { Host = host } };
        using var response = await test.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task Each_port_keeps_to_its_protocol()
    {
        await using var test = await TestOperator.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(test.GrpcAddress, "/api/dependency-graph"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await test.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.MisdirectedRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/health")]
    [InlineData("/api/dependency-graph")]
    [InlineData("/docs/")]
    public async Task Answers_carry_the_security_headers(string path)
    {
        await using var test = await TestOperator.StartAsync();
        using var response = await test.Http.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.StartsWith("default-src 'self';", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.False(response.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("POST", "/api/dependency-graph", 405)]
    [InlineData("POST", "/", 405)]
    [InlineData("HEAD", "/", 200)]
    public async Task Only_reading_is_offered(string method, string path, int status)
    {
        await using var test = await TestOperator.StartAsync();
        using var request = new HttpRequestMessage(new(method), path);
        using var response = await test.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)response.StatusCode);
    }
}
