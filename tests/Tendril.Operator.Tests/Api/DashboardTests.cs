using System.IO.Compression;
using System.Text.RegularExpressions;

namespace Tendril.Operator.Tests.Api;

public partial class DashboardTests
{
    [Fact]
    public async Task Scripts_are_served_so_that_a_page_and_its_workers_may_run_them_and_kept_for_ever()
    {
        await using var test = await TestOperator.StartAsync();
        var page = await test.Http.GetStringAsync("/", TestContext.Current.CancellationToken);
        var scripts = Script().Matches(page).Select(match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(scripts);
        foreach (var script in scripts)
        {
            using var plain = await test.Http.GetAsync(script, TestContext.Current.CancellationToken);
            Assert.Equal("text/javascript; charset=utf-8", plain.Content.Headers.ContentType?.ToString());
            Assert.Equal("public, max-age=31536000, immutable", Assert.Single(plain.Headers.GetValues("Cache-Control")));
            // A module worker is fetched and run under this policy: there is no worker-src or connect-src, so default-src holds for both.
            var policy = Assert.Single(plain.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'self';", policy, StringComparison.Ordinal);
            Assert.DoesNotMatch("(?:script|worker|child|connect)-src", policy);

            using var request = new HttpRequestMessage(HttpMethod.Get, script) { Headers = { { "Accept-Encoding", "br" } } };
            using var compressed = await test.Http.SendAsync(request, TestContext.Current.CancellationToken);
            await using var brotli = new BrotliStream(await compressed.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken), CompressionMode.Decompress);
            using var reader = new StreamReader(brotli);
            Assert.Equal(await plain.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task The_page_is_asked_for_anew_each_time_and_a_script_that_is_not_there_is_not_the_page()
    {
        await using var test = await TestOperator.StartAsync();
        using var page = await test.Http.GetAsync("/", TestContext.Current.CancellationToken);
        Assert.Equal("no-cache", Assert.Single(page.Headers.GetValues("Cache-Control")));
        using var missing = await test.Http.GetAsync("/assets/layout-worker-00000000.js", TestContext.Current.CancellationToken);
        Assert.Equal(404, (int)missing.StatusCode);
    }

    [GeneratedRegex("src=\"\\.?(/assets/[^\"]+\\.js)\"")]
    private static partial Regex Script();
}
