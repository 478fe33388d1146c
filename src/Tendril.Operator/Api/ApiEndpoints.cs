using System.Collections.Immutable;
using Tendril.Graph;
using Tendril.Operator.Ingest;

namespace Tendril.Operator.Api;

/// <summary>The REST endpoints. Each is a call into one class; what is wrong with a request is a ProblemDetails that names the field.</summary>
internal static class ApiEndpoints
{
    public static void MapApi(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health", Health).WithName("health").WithTags("operator").WithSummary("Whether the operator answers.")
            .Produces<HealthDocument>();
        routes.MapGet("/api/dependency-graph", Graph).WithName("dependencyGraph").WithTags("graph")
            .WithSummary("The dependency graph.")
            .WithDescription("Without filters the whole graph. Counters count since the agents' first report; a connection that both ends reported counts once.")
            .Produces<GraphDocument>().ProducesExports().ProducesValidationProblem().ProducesProblem(404)
            .WithQuery("service", "Id or name of a service: it and what is within `depth` hops up and down.")
            .WithQuery("depth", $"Hops, 0 to {GraphQuery.MaxDepth}; default 1.")
            .WithQuery("since", "Only edges seen since then: a time (RFC 3339) or a duration such as `15m`.")
            .WithQuery("format", "json (default), dot, mermaid or csv.", [.. GraphExport.Formats]);
        routes.MapGet("/api/services/{id}/impact", Impact).WithName("impact").WithTags("graph")
            .WithSummary("What depends on a service, and what it depends on, directly or through others.")
            .WithDescription("`id` is a node's id, percent-encoded, or its name.")
            .Produces<ImpactDocument>().ProducesValidationProblem().ProducesProblem(404);
        // Ids hold slashes; people type them as they are.
        routes.MapGet("/api/services/{**path}", ImpactByPath).ExcludeFromDescription();
        routes.MapEdges();
        routes.MapFlows();
        routes.MapExport();
        routes.MapMarks();
        routes.MapJoinTokens();
        routes.MapGet("/api/stream", Stream).WithName("stream").WithTags("graph")
            .WithSummary("The graph as it changes (server-sent events).")
            .WithDescription("Events: `snapshot`, then `changes` (at most one a second), and `heartbeat` while nothing changes. Resumes by Last-Event-ID.")
            .ProducesEvents(("snapshot", typeof(GraphDocument)), ("changes", typeof(GraphChangesDocument)), ("heartbeat", typeof(HeartbeatDocument)))
            .ProducesValidationProblem().ProducesProblem(503);
        routes.MapGet("/api/metrics", Metrics).WithName("metrics").WithTags("operator").WithSummary("Cumulative numbers as JSON.")
            .Produces<MetricsDocument>();
        routes.MapGet("/api/{**path}", (HttpContext context) => Problems.NotFound($"{context.Request.Method} {context.Request.Path} is no endpoint; /docs lists them."))
            .ExcludeFromDescription();
    }

    private static IResult Health(HttpRequest request) =>
        Problems.Unknown(request) ?? TypedResults.Json(new HealthDocument("tendril-operator", "healthy"), ApiJson.Default.HealthDocument);

    private static IResult Metrics(HttpRequest request, StatsSource stats) =>
        Problems.Unknown(request) ?? TypedResults.Json(stats.Metrics(), ApiJson.Default.MetricsDocument);

    private static IResult Graph(HttpRequest request, DependencyGraph graph, GraphJsonCache json, StatsSource stats, GraphClock clock)
    {
        var (query, errors) = GraphQuery.Read(request.Query, clock.GetUtcNow());
        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var whole = graph.Current;
        if (GraphFilter.Apply(whole, query) is not { } part)
        {
            return Problems.NotFound($"service: no service has the id or name '{query.Service}'.");
        }

        return query.IsWhole && query.Format == "json"
            ? TypedResults.Bytes(json.Graph(whole, stats.Stats(), clock.GetUtcNow()), GraphExport.ContentType("json"))
            : ExportEndpoint.Answer(part, query.Format, stats, clock);
    }

    private static IResult ImpactByPath(HttpRequest request, string path, DependencyGraph graph) =>
        path.EndsWith("/impact", StringComparison.Ordinal)
            ? Impact(request, path[..^"/impact".Length], graph)
            : Problems.NotFound($"{request.Path} is no endpoint; try {request.Path}/impact.");

    private static IResult Impact(HttpRequest request, string id, DependencyGraph graph)
    {
        if (Problems.Unknown(request) is { } problem)
        {
            return problem;
        }

        // Kestrel leaves %2F as it is, because a decoded slash would change the path.
        var service = id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var snapshot = graph.Current;
        var found = GraphFilter.Find(snapshot, service);
        if (found.Count == 0)
        {
            return Problems.NotFound($"id: no service has the id or name '{service}'.");
        }

        if (found.Count > 1)
        {
            return Problems.Invalid(new() { ["id"] = [$"'{service}' is the name of {found.Count} services; use one of their ids: {string.Join(", ", found.Order().Take(20))}."] });
        }

        var node = found.First();
        return TypedResults.Json(
            new ImpactDocument(
                node, Sorted(DependencyAnalyzer.Dependents(snapshot, node)), Sorted(DependencyAnalyzer.Dependencies(snapshot, node)),
                [.. DependencyAnalyzer.Cycles(snapshot).Where(cycle => cycle.Contains(node)).Select(cycle => cycle.ToImmutableArray())]),
            ApiJson.Default.ImpactDocument);
    }

    private static ImmutableArray<string> Sorted(IEnumerable<string> ids) => [.. ids.Order(StringComparer.Ordinal)];

    private static IResult Stream(HttpContext context, GraphStream stream, EventAnswer answer)
    {
        if (Problems.Unknown(context.Request) is { } problem)
        {
            return problem;
        }

        if (!stream.TryJoin())
        {
            return Problems.Busy($"{GraphStream.MaxFollowers} clients follow the stream already; close one and try again.");
        }

        var lastEventId = (string?)context.Request.Headers["Last-Event-ID"];
        return answer.Of(context, stream.Leave, end => stream.Follow(lastEventId, end));
    }
}
