using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Tendril.Graph;
using Tendril.Operator.Ingest;

namespace Tendril.Operator.Api;

/// <summary>Writes a part of the graph that the client chose by id, for what no filter of ours can say.</summary>
internal static class ExportEndpoint
{
    /// <summary>Says how many of the ids are no longer, or never were, in the graph.</summary>
    public const string LeftOutHeader = "Tendril-Ids-Left-Out";

    private const int MaxBodyBytes = 16 * 1024 * 1024;
    private const int MaxIds = 200_000;

    public static void MapExport(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/dependency-graph/export", Export).WithName("export").WithTags("graph")
            .WithSummary("Exactly these nodes and edges, in a format that other tools read.")
            .WithDescription($"Ids that are not in the graph are left out; the header `{LeftOutHeader}` says how many. An edge brings its ends along.")
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes))
            .Accepts<ExportRequest>("application/json")
            .Produces<GraphDocument>().ProducesExports().ProducesValidationProblem().ProducesProblem(413).ProducesProblem(415);

    /// <summary>A part of the graph in one of <see cref="GraphExport.Formats"/>.</summary>
    public static IResult Answer(GraphSnapshot part, string format, StatsSource stats, GraphClock clock) => format == "json"
        ? TypedResults.Json(
            new GraphDocument(part.Version, clock.GetUtcNow(), part.Nodes, part.Edges, part.Totals, stats.Stats()), ApiJson.Default.GraphDocument)
        : TypedResults.Text(GraphExport.Write(part, format), GraphExport.ContentType(format), Encoding.UTF8);

    private static async Task<IResult> Export(HttpContext context, DependencyGraph graph, StatsSource stats, GraphClock clock, CancellationToken cancellation)
    {
        if (Problems.Unknown(context.Request) is { } problem)
        {
            return problem;
        }

        var (request, unreadable) = await JsonBody.ReadAsync(context.Request, ApiJson.Default.ExportRequest, cancellation);
        if (unreadable is not null)
        {
            return unreadable;
        }

        var errors = Check(request);
        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var (part, leftOut) = GraphFilter.Pick(graph.Current, request!.Nodes, request.Edges);
        context.Response.Headers[LeftOutHeader] = leftOut.ToString(CultureInfo.InvariantCulture);
        return Answer(part, request.Format, stats, clock);
    }

    private static Dictionary<string, string[]> Check(ExportRequest? request)
    {
        var errors = new Dictionary<string, string[]>();
        if (request?.Format is not { } format || !GraphExport.Formats.Contains(format))
        {
            errors["format"] = [$"'{request?.Format}' is none of {string.Join(", ", GraphExport.Formats)}."];
        }

        foreach (var (field, ids) in new[] { ("nodes", request?.Nodes), ("edges", request?.Edges) })
        {
            if (ids is not { IsDefault: false } list)
            {
                errors[field] = ["Must be a list of ids; it may be empty."];
            }
            else if (list.Length > MaxIds || list.Contains(null!))
            {
                errors[field] = [$"Must have at most {MaxIds} ids, none of them null."];
            }
        }

        return errors;
    }
}
