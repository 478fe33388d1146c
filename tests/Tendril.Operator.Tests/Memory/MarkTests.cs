using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Tendril.Operator.Memory;
using Tendril.Operator.Tests.Api;
using Tendril.Operator.Tests.Doors;
using Tendril.Protocol.Credentials;

namespace Tendril.Operator.Tests.Memory;

public sealed class MarkTests : IDisposable
{
    private readonly MemoryFolder _memory = new();

    [Fact]
    public async Task Marks_are_set_changed_taken_away_and_outlive_a_restart()
    {
        await using (var test = await _memory.StartAsync())
        {
            Assert.Equal(HttpStatusCode.OK, await SetAsync(test, "release 1", new { at = "2026-03-01T13:00:00+01:00", note = "the first" }));
            Assert.Equal(HttpStatusCode.OK, await SetAsync(test, "before", new { at = "2026-02-01T12:00:00Z" }));
            Assert.Equal(HttpStatusCode.OK, await SetAsync(test, "wrong", new { }));
            Assert.Equal(HttpStatusCode.OK, await SetAsync(test, "release 1", new { at = "2026-03-01T13:00:00+01:00", note = "the very first" }));
            Assert.Equal(HttpStatusCode.NoContent, (await test.Http.DeleteAsync("/api/marks/wrong", TestContext.Current.CancellationToken)).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await test.Http.DeleteAsync("/api/marks/wrong", TestContext.Current.CancellationToken)).StatusCode);
            (await Schema.OfAsync(test)).Describes("MarksDocument", await test.JsonAsync("/api/marks"));
        }

        await using var restarted = await _memory.StartAsync();
        Assert.Equal(
            ["before 2026-02-01T12:00:00+00:00 ", "release 1 2026-03-01T12:00:00+00:00 the very first"],
            (await restarted.JsonAsync("/api/marks")).GetProperty("marks").EnumerateArray().Select(mark => $"{mark.GetProperty("name")} {mark.GetProperty("at")} {mark.GetProperty("note")}"));
    }

    [Fact]
    public async Task What_is_no_mark_is_refused_with_the_field()
    {
        await using var test = await TestOperator.StartAsync();
        Assert.Equal(HttpStatusCode.BadRequest, await SetAsync(test, new string('x', Marks.NameLength + 1), new { }));
        Assert.Equal(HttpStatusCode.BadRequest, await SetAsync(test, "a", new { note = "two\nlines" }));
        Assert.Equal(HttpStatusCode.BadRequest, await SetAsync(test, "a", new { when = "now" }));
        Assert.Equal(HttpStatusCode.BadRequest, await SetAsync(test, "a", new { at = "yesterday" }));
        for (var i = 0; i < Marks.Most; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await SetAsync(test, $"m{i}", new { }));
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await SetAsync(test, "one more", new { }));
        Assert.Equal(HttpStatusCode.OK, await SetAsync(test, "m7", new { note = "again" }));
    }

    [Fact]
    public async Task Viewers_see_them_and_admins_set_them()
    {
        using var fleet = new Fleet();
        var (viewer, admin) = (AccessToken.Create(), AccessToken.Create());
        await File.WriteAllTextAsync(fleet.PathOf("tokens"), AccessToken.Line("alice", "viewer", viewer) + AccessToken.Line("ops", "admin", admin), TestContext.Current.CancellationToken);
        await using var test = await TestOperator.StartAsync(configure: options => options.TokensFile = fleet.PathOf("tokens"));
        test.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", viewer);
        Assert.Equal(HttpStatusCode.Forbidden, await SetAsync(test, "a", new { }));
        Assert.Equal(HttpStatusCode.Forbidden, (await test.Http.DeleteAsync("/api/marks/a", TestContext.Current.CancellationToken)).StatusCode);
        test.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", admin);
        Assert.Equal(HttpStatusCode.OK, await SetAsync(test, "a", new { }));
        test.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", viewer);
        Assert.Equal(1, (await test.JsonAsync("/api/marks")).GetProperty("marks").GetArrayLength());
    }

    public void Dispose() => _memory.Dispose();

    private static async Task<HttpStatusCode> SetAsync(TestOperator test, string name, object mark)
    {
        using var response = await test.Http.PutAsync(
            $"/api/marks/{Uri.EscapeDataString(name)}", JsonContent.Create(mark, options: JsonSerializerOptions.Web), TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
