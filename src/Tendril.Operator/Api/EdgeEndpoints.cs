using System.Collections.Immutable;
using Tendril.Graph;
using Tendril.Operator.Ingest;

namespace Tendril.Operator.Api;

/// <summary>Why an edge is there.</summary>
internal static class EdgeEndpoints
{
    private const int MaxEdges = 20;

    /// <summary>The writer answers within a publication.</summary>
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    public static void MapEdges(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/edges/{id}", ById).WithName("edge").WithTags("graph")
            .WithSummary("Why an edge is there.")
            .WithDescription("Every report that it is made of, how its ends were found and named, and its newest connections.")
            .Produces<EdgeDocument>().ProducesValidationProblem().ProducesProblem(404).ProducesProblem(503);
        routes.MapGet("/api/edges", BySourceAndTarget).WithName("edges").WithTags("graph")
            .WithSummary("Why a service depends on another: all edges from one to the other.")
            .Produces<EdgesDocument>().ProducesValidationProblem().ProducesProblem(404).ProducesProblem(503)
            .WithQuery("source", "Id or name of the client.")
            .WithQuery("target", "Id or name of the server.");
    }

    private static async Task<IResult> ById(HttpRequest request, string id, EdgeQuestions questions, CancellationToken cancellation) =>
        Problems.Unknown(request)
        ?? await AnswerAsync(questions, [id], answers => answers.Length == 0
            ? Problems.NotFound($"id: no edge has the id '{id}'; /api/dependency-graph lists them, and /api/edges?source=...&target=... finds one by its ends.")
            : TypedResults.Json(answers[0], ApiJson.Default.EdgeDocument), cancellation);

    private static async Task<IResult> BySourceAndTarget(HttpRequest request, DependencyGraph graph, EdgeQuestions questions, CancellationToken cancellation)
    {
        var errors = QueryFields.Check(request.Query, "source", "target");
        string? source = request.Query["source"], target = request.Query["target"];
        foreach (var (field, value) in new[] { ("source", source), ("target", target) })
        {
            if (value is null or { Length: 0 or > 512 })
            {
                errors.TryAdd(field, ["Must be the id or the name of a service, 1 to 512 characters."]);
            }
        }

        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var snapshot = graph.Current;
        var (sources, targets) = (GraphFilter.Find(snapshot, source!), GraphFilter.Find(snapshot, target!));
        if (sources.Count == 0 || targets.Count == 0)
        {
            return Problems.NotFound(sources.Count == 0 ? $"source: no service has the id or name '{source}'." : $"target: no service has the id or name '{target}'.");
        }

        var ids = Between(snapshot, sources, targets);
        if (ids.Count == 0)
        {
            var other = Between(snapshot, targets, sources).Count > 0 ? $" '{target}' depends on '{source}': ask the other way round." : "";
            return Problems.NotFound($"'{source}' does not depend on '{target}' directly.{other}");
        }

        return await AnswerAsync(questions, ids, answers => TypedResults.Json(new([.. answers]), ApiJson.Default.EdgesDocument), cancellation);
    }

    private static List<string> Between(GraphSnapshot graph, HashSet<string> sources, HashSet<string> targets) =>
        [.. graph.Edges.Where(edge => sources.Contains(edge.Source) && targets.Contains(edge.Target)).Select(edge => edge.Id).Take(MaxEdges)];

    private static async Task<IResult> AnswerAsync(
        EdgeQuestions questions, IReadOnlyList<string> ids, Func<ImmutableArray<EdgeDocument>, IResult> answer, CancellationToken cancellation)
    {
        var documents = ImmutableArray.CreateBuilder<EdgeDocument>();
        try
        {
            foreach (var id in ids)
            {
                if (questions.Ask(id) is not { } asked)
                {
                    return Problems.Busy("many questions about edges wait already; try again.");
                }

                if (await asked.WaitAsync(AnswerWithin, cancellation) is { } found)
                {
                    var e = found.Evidence;
                    documents.Add(new(e.Edge, e.Source, e.Target, e.Reports, e.ReportsLeftOut, found.Samples));
                }
            }
        }
        catch (TimeoutException)
        {
            return Problems.Busy("the operator is too busy to look into its graph; try again.");
        }

        return answer(documents.ToImmutable());
    }
}
