using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Tendril.Operator.Tests.Api;

public class ExportApiTests
{
    [Theory]
    [InlineData("json", "application/json")]
    [InlineData("dot", "text/vnd.graphviz")]
    [InlineData("mermaid", "text/vnd.mermaid")]
    [InlineData("csv", "text/csv")]
    public async Task All_nodes_and_edges_are_what_the_whole_graph_is_in_that_format(string format, string type)
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        await agent.ReportAsync(TestAgent.Shop());
        var graph = await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == 2);
        using var response = await PostAsync(test, new { format, nodes = Ids(graph, "nodes"), edges = Ids(graph, "edges") });
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal((type, "0"), (response.Content.Headers.ContentType?.MediaType, LeftOut(response)));
        if (format == "json")
        {
            var part = JsonDocument.Parse(body).RootElement;
            Assert.Equal(["version", "time", "nodes", "edges", "totals", "stats"], part.EnumerateObject().Select(field => field.Name));
            Assert.Equal(graph.Edges(), part.Edges());
        }
        else
        {
            Assert.Equal(await test.Http.GetStringAsync("/api/dependency-graph?format=" + format, TestContext.Current.CancellationToken), body);
        }
    }

    [Fact]
    public async Task A_part_is_exactly_that_part_and_what_is_not_there_is_counted()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        await agent.ReportAsync(TestAgent.Shop());
        var graph = await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == 2);
        var edge = graph.GetProperty("edges").EnumerateArray().Single(e => e.GetProperty("port").GetInt32() == 5432).GetProperty("id").GetString()!;
        var curl = graph.Node("curl").GetProperty("id").GetString()!;
        using var response = await PostAsync(test, new { format = "json", nodes = new[] { curl, curl, "gone" }, edges = new[] { edge, "gone", "never" } });
        var part = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal("3", LeftOut(response));
        Assert.Equal(["curl", "postgres", "web.py:8000"], part.Names());
        Assert.Equal(["web.py:8000 -> postgres 10"], part.Edges());
        Assert.Equal("{\"nodes\":3,\"edges\":1,\"connectionsOpened\":10,", part.GetProperty("totals").GetRawText()[..44]);
        using var none = await PostAsync(test, new { format = "csv", nodes = Array.Empty<string>(), edges = Array.Empty<string>() });
        Assert.Single((await none.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).TrimEnd().Split("\r\n"));
    }

    [Theory]
    [InlineData("""{ "format": "svg", "nodes": [], "edges": [] }""", "format: 'svg' is none of json, dot, mermaid, csv.")]
    [InlineData("""{ "nodes": [], "edges": [] }""", "format: '' is none of json, dot, mermaid, csv.")]
    [InlineData("""{ "format": "csv", "edges": [] }""", "nodes: Must be a list of ids; it may be empty.")]
    [InlineData("""{ "format": "csv", "nodes": [], "edges": [null] }""", "edges: Must have at most 200000 ids, none of them null.")]
    [InlineData("""{ "format": "csv", "nodes": [5], "edges": [] }""", "nodes: This cannot be read: ")]
    [InlineData("""{ "format": "csv", "nodes": [], "edges": [], "depth": 1 }""", "depth: This cannot be read: ")]
    [InlineData("""{ "format": "csv", """, "body: This cannot be read: ")]
    [InlineData("[]", "body: This cannot be read: ")]
    [InlineData("null", "format: '' is none of json, dot, mermaid, csv. nodes: ")]
    public async Task What_is_wrong_is_told_by_field(string body, string detail)
    {
        await using var test = await TestOperator.StartAsync();
        using var response = await PostAsync(test, body, "application/json");
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(400, (int)response.StatusCode);
        Assert.StartsWith(detail, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Large_selections_are_taken_and_endless_ones_refused()
    {
        await using var test = await TestOperator.StartAsync();
        using var large = await PostAsync(test, new { format = "dot", nodes = Enumerable.Range(0, 100_000).Select(i => $"service/{i}"), edges = Array.Empty<string>() });
        Assert.Equal((200, "100000"), ((int)large.StatusCode, LeftOut(large)));
        using var many = await PostAsync(test, new { format = "dot", nodes = Enumerable.Repeat("a", 200_001), edges = Array.Empty<string>() });
        Assert.Equal(400, (int)many.StatusCode);
        using var endless = await PostAsync(test, new string(' ', 17 * 1024 * 1024), "application/json");
        Assert.Equal(413, (int)endless.StatusCode);
    }

    [Theory]
    [InlineData("text/plain", null, 415)]
    [InlineData("application/x-www-form-urlencoded", null, 415)]
    [InlineData("multipart/form-data", null, 415)]
    [InlineData("application/json", "http://localhost:5173", 200)]
    [InlineData("application/json", "https://evil.example.org", 403)]
    [InlineData("application/json", "null", 403)]
    public async Task No_page_of_another_site_can_post(string contentType, string? origin, int status)
    {
        await using var test = await TestOperator.StartAsync();
        using var response = await PostAsync(test, """{ "format": "csv", "nodes": [], "edges": [] }""", contentType, origin);
        Assert.Equal((status, status == 200 ? "text/csv" : "application/problem+json"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    private static Task<HttpResponseMessage> PostAsync(TestOperator test, object body) => PostAsync(test, JsonSerializer.Serialize(body), "application/json");

    private static async Task<HttpResponseMessage> PostAsync(TestOperator test, string body, string contentType, string? origin = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/dependency-graph/export") { Content = new StringContent(body, Encoding.UTF8, contentType) };
        // What is refused unread is refused before it is sent.
        request.Headers.ExpectContinue = body.Length > 16 * 1024 * 1024;
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        return await test.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static IEnumerable<string> Ids(JsonElement graph, string list) => graph.GetProperty(list).EnumerateArray().Select(item => item.GetProperty("id").GetString()!);

    private static string LeftOut(HttpResponseMessage response) => Assert.Single(response.Headers.GetValues("Tendril-Ids-Left-Out"));
}
