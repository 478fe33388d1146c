using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Tendril.Operator.Doors;

namespace Tendril.Operator.Tests.Doors;

public class TlsTests
{
    [Fact]
    public async Task Who_trusts_its_authority_reads_the_graph_and_nobody_else_is_fooled()
    {
        using var fleet = new Fleet();
        using var other = new Fleet();
        await using var test = await TestOperator.StartAsync(configure: fleet.Serve, fleet: fleet);
        Assert.Equal("healthy", (await test.JsonAsync("/health")).GetProperty("status").GetString());
        await test.JsonAsync("/api/dependency-graph");

        using var stranger = new HttpClient(other.Handler());
        var fault = await Assert.ThrowsAsync<HttpRequestException>(() => stranger.GetAsync(new Uri(test.Http.BaseAddress!, "/health"), TestContext.Current.CancellationToken));
        Assert.IsType<AuthenticationException>(fault.InnerException);
    }

    [Fact]
    public async Task New_files_are_in_use_with_the_next_handshake_and_broken_ones_never()
    {
        using var fleet = new Fleet();
        await using var test = await TestOperator.StartAsync(configure: fleet.Serve, fleet: fleet);
        var first = await SerialAsync(test, fleet);

        fleet.IssueOperator();
        var second = await SerialAsync(test, fleet);
        Assert.NotEqual(first, second);

        var good = await File.ReadAllTextAsync(fleet.PathOf("operator.key"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(fleet.PathOf("operator.key"), "broken", TestContext.Current.CancellationToken);
        Assert.Equal((second, second), (await SerialAsync(test, fleet), await SerialAsync(test, fleet)));
        Assert.Equal(1, test.Warnings.Count(line => line.Contains("cannot be used", StringComparison.Ordinal)));
        Assert.DoesNotContain(test.Warnings, line => line.Contains("PRIVATE", StringComparison.Ordinal));

        File.Delete(fleet.PathOf("operator.key"));
        Assert.Equal(second, await SerialAsync(test, fleet));
        await File.WriteAllTextAsync(fleet.PathOf("operator.key"), good, TestContext.Current.CancellationToken);
        fleet.IssueOperator();
        Assert.NotEqual(second, await SerialAsync(test, fleet));
    }

    [Theory]
    [InlineData(Fleet.Name, 200, true)]
    [InlineData("localhost", 200, false)]
    [InlineData("evil.example.org", 421, false)]
    public async Task The_names_of_the_certificate_are_its_own_and_browsers_are_told_to_stay_with_TLS(string host, int status, bool staysWithTls)
    {
        using var fleet = new Fleet();
        await using var test = await TestOperator.StartAsync(configure: fleet.Serve, fleet: fleet);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health") { Headers = { Host = host } };
        using var response = await test.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal((status, staysWithTls), ((int)response.StatusCode, response.Headers.Contains("Strict-Transport-Security")));
    }

    [Fact]
    public void Files_that_do_not_do_are_told_at_the_start()
    {
        using var fleet = new Fleet();
        var options = new OperatorOptions();
        fleet.Serve(options);
        Assert.Empty(DoorSettings.CheckFiles(options, Fleet.Now));

        options.AgentAuthorityFile = options.TlsKeyFile;
        fleet.IssueOperator(Fleet.Now.AddDays(-500));
        var errors = DoorSettings.CheckFiles(options, Fleet.Now).ToList();
        Assert.Equal(2, errors.Count);
        Assert.Contains("the certificate expired on", errors[0], StringComparison.Ordinal);
        Assert.StartsWith("--agent-ca: ", errors[1], StringComparison.Ordinal);
        options.TlsKeyFile = fleet.PathOf("ca.key");
        Assert.Contains("no certificate and its private key", DoorSettings.CheckFiles(options, Fleet.Now).First(), StringComparison.Ordinal);
    }

    /// <summary>Of the certificate that a new connection sees.</summary>
    private static async Task<string> SerialAsync(TestOperator test, Fleet fleet)
    {
        X509Certificate2? seen = null;
        using var client = new HttpClient(fleet.Handler(seen: certificate => seen = certificate));
        using var response = await client.GetAsync(new Uri(test.Http.BaseAddress!, "/health"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return seen!.SerialNumber;
    }
}
