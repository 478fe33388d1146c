using System.Globalization;
using Tendril.Graph;
using Tendril.Operator.Ingest;
using Tendril.Protocol;

namespace Tendril.Operator.Api;

/// <summary>Single connections as they come and go.</summary>
internal static class FlowEndpoints
{
    private static readonly string[] Kinds = ["opened", "closed", "failed"];

    public static void MapFlows(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/flows", Flows).WithName("flows").WithTags("graph")
            .WithSummary("Connections as they are opened and closed, or fail (server-sent events).")
            .WithDescription("Events: `heartbeat` at once and while there is nothing to tell, `flow`, and `lost` with the number of flows that this reader was too slow for. A sample where there are many; counters have them all.")
            .ProducesEvents(("flow", typeof(FlowDocument)), ("lost", typeof(LostFlowsDocument)), ("heartbeat", typeof(HeartbeatDocument)))
            .ProducesValidationProblem().ProducesProblem(404).ProducesProblem(503)
            .WithQuery("edge", "Id of an edge: only its connections.")
            .WithQuery("service", "Id or name of a service: only connections from or to it.")
            .WithQuery("kind", "Only these.", Kinds)
            .WithQuery("port", "Only connections to this port of a server.");

    private static IResult Flows(HttpContext context, DependencyGraph graph, FlowFeed feed, FlowStream stream, EventAnswer answer)
    {
        var query = context.Request.Query;
        var errors = QueryFields.Check(query, "edge", "service", "kind", "port");
        string? edgeId = query["edge"], service = query["service"], kind = query["kind"], portText = query["port"];
        if (service is { Length: 0 or > 512 })
        {
            errors.TryAdd("service", ["Must be the id or the name of a service, 1 to 512 characters."]);
        }

        if (kind is not null && !Kinds.Contains(kind))
        {
            errors.TryAdd("kind", [$"'{kind}' is none of {string.Join(", ", Kinds)}."]);
        }

        ushort port = 0;
        if (portText is not null && (!ushort.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out port) || port == 0))
        {
            errors.TryAdd("port", [$"'{portText}' is not a port, 1 to 65535."]);
        }

        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var edge = edgeId is null ? null : graph.Current.Edges.FirstOrDefault(edge => edge.Id == edgeId);
        if (edgeId is not null && edge is null)
        {
            return Problems.NotFound($"edge: no edge has the id '{edgeId}'; /api/dependency-graph lists them.");
        }

        var filter = new FlowFilter(service ?? "", port, KindOf(kind), edge is null ? null : new(edge));
        return feed.TryJoin(filter) is { } observer
            ? answer.Of(context, () => feed.Leave(observer), end => stream.Follow(observer, end))
            : Problems.Busy($"{FlowFeed.MaxObservers} clients follow flow events already; close one and try again.");
    }

    private static FlowKind KindOf(string? kind) => kind switch
    {
        "opened" => FlowKind.Opened,
        "closed" => FlowKind.Closed,
        "failed" => FlowKind.Failed,
        _ => FlowKind.Unspecified,
    };
}
