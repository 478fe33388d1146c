using System.Net;
using System.Text.Json;

namespace Tendril.Operator.Tests.Api;

public class GraphApiTests
{
    [Fact]
    public async Task A_service_is_shown_with_its_neighbours_to_a_depth()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        await agent.ReportAsync(TestAgent.Shop());
        await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == 2);
        Assert.Equal(["curl", "web.py:8000"], (await test.JsonAsync("/api/dependency-graph?service=curl")).Names());
        Assert.Equal(["curl"], (await test.JsonAsync("/api/dependency-graph?service=curl&depth=0")).Names());
        Assert.Equal(["curl", "postgres", "web.py:8000"], (await test.JsonAsync("/api/dependency-graph?service=process/0123456789ab/curl&depth=2")).Names());
        Assert.Equal(2, (await test.JsonAsync("/api/dependency-graph?since=15m")).GetProperty("totals").GetProperty("edges").GetInt32());
        Assert.Empty((await test.JsonAsync("/api/dependency-graph?since=2100-01-01T00:00:00Z")).Names());
    }

    [Theory]
    [InlineData("?service=&depth=99", 400, "service,depth")]
    [InlineData("?depth=1", 400, "depth")]
    [InlineData("?since=yesterday", 400, "since")]
    [InlineData("?format=xml", 400, "format")]
    [InlineData("?servise=a", 400, "servise")]
    [InlineData("?service=a&service=b", 400, "service")]
    public async Task A_wrong_filter_is_a_problem_that_names_the_field(string query, int status, string fields)
    {
        await using var test = await TestOperator.StartAsync();
        using var response = await test.Http.GetAsync("/api/dependency-graph" + query, TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var errors = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("errors");
        Assert.Equal(fields.Split(','), errors.EnumerateObject().Select(error => error.Name));
    }

    [Theory]
    [InlineData("/api/dependency-graph?service=nobody", "no service has the id or name 'nobody'")]
    [InlineData("/api/services/nobody/impact", "no service has the id or name 'nobody'")]
    [InlineData("/api/nothing", "GET /api/nothing is no endpoint")]
    [InlineData("/assets/missing.js", "There is nothing at /assets/missing.js")]
    public async Task What_is_not_there_is_a_problem_too(string path, string detail)
    {
        await using var test = await TestOperator.StartAsync();
        using var response = await test.Http.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(detail, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken).ContinueWith(t => t.Result.Replace("\\u0027", "'"), TaskScheduler.Default), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("process%2F0123456789ab%2Fpostgres")]
    [InlineData("process/0123456789ab/postgres")]
    public async Task The_impact_of_a_service_is_what_depends_on_it(string id)
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        await agent.ReportAsync(TestAgent.Shop());
        await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == 2);
        var impact = await test.JsonAsync($"/api/services/{id}/impact");
        Assert.Equal("process/0123456789ab/postgres", impact.GetProperty("id").GetString());
        Assert.Equal(["process/0123456789ab/curl", "process/0123456789ab/web.py:8000"], impact.GetProperty("dependents").EnumerateArray().Select(e => e.GetString()));
        Assert.Equal(0, impact.GetProperty("dependencies").GetArrayLength());
    }

    [Fact]
    public async Task Null_fields_are_written_and_names_are_camel_case()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        await agent.ReportAsync(TestAgent.Shop());
        var graph = await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == 2);
        Assert.Equal(JsonValueKind.Null, graph.Node("curl").GetProperty("port").ValueKind);
        Assert.Equal(JsonValueKind.Null, graph.GetProperty("edges")[0].GetProperty("rttMicros").ValueKind);
        Assert.Equal(["version", "time", "nodes", "edges", "totals", "stats"], graph.EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public async Task A_graph_that_does_not_change_does_not_grow_old()
    {
        var before = TimeProvider.System.GetUtcNow();
        await using var test = await TestOperator.StartAsync();
        var started = TimeProvider.System.GetUtcNow();
        var first = await test.JsonAsync("/api/dependency-graph");
        var second = await test.GraphAsync(g => g.GetProperty("time").GetDateTimeOffset() > first.GetProperty("time").GetDateTimeOffset() + TimeSpan.FromMilliseconds(300));
        Assert.Equal(first.GetProperty("version").GetInt64(), second.GetProperty("version").GetInt64());
        Assert.InRange(second.GetProperty("stats").GetProperty("startedAt").GetDateTimeOffset(), before, started);
        var part = await test.JsonAsync("/api/dependency-graph?since=1h");
        Assert.InRange(part.GetProperty("time").GetDateTimeOffset(), second.GetProperty("time").GetDateTimeOffset(), TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task The_description_names_every_endpoint_and_the_page_to_browse_it_asks_nothing_of_others()
    {
        await using var test = await TestOperator.StartAsync();
        var description = await test.JsonAsync("/openapi/v1.json");
        Assert.Equal(
            ["/api/dependency-graph", "/api/dependency-graph/export", "/api/edges", "/api/edges/{id}", "/api/flows", "/api/marks", "/api/marks/{name}", "/api/metrics", "/api/services/{id}/impact", "/api/stream", "/health", "/metrics"],
            description.GetProperty("paths").EnumerateObject().Select(path => path.Name).Order(StringComparer.Ordinal));
        var page = await test.Http.GetStringAsync("/docs/", TestContext.Current.CancellationToken);
        Assert.DoesNotContain("src=\"http", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("cdn.", page, StringComparison.OrdinalIgnoreCase);
    }
}
