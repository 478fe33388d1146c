using Tendril.Graph;
using Tendril.Operator.Api;
using Tendril.Operator.Ingest;
using Tendril.Operator.Memory;

namespace Tendril.Operator.Metrics;

/// <summary>
/// The graph for Prometheus, under the names of OpenTelemetry's service graph where it has some. Labels are services' names, as people
/// query by them; edges that share names (several ports, or hosts) are summed.
/// </summary>
internal sealed class GraphMetrics(DependencyGraph graph, StatsSource stats, IngestCounters counters, Rejections rejections, OperatorMemory memory)
{
    private static readonly (string Name, Func<EdgeFailures, long> Of)[] Reasons =
    [
        ("refused", failures => failures.Refused), ("timed_out", failures => failures.TimedOut),
        ("unreachable", failures => failures.Unreachable), ("abandoned", failures => failures.Abandoned), ("other", failures => failures.Other),
    ];

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", (HttpRequest request, GraphMetrics metrics) =>
                Problems.Unknown(request) ?? TypedResults.Text(metrics.Write(), PrometheusText.ContentType))
            .WithName("prometheus").WithTags("operator").WithSummary("The graph for Prometheus (text format 0.0.4).")
            .Produces<string>(200, "text/plain");

    public string Write()
    {
        var (snapshot, now) = (graph.Current, stats.Stats());
        var text = new PrometheusText();
        WriteEdges(text, snapshot);
        WriteRtt(text, snapshot);
        WriteAgents(text, now);
        WriteLimits(text, now);
        WriteMemory(text, memory.Status);
        return text
            .Family("tendril_graph_nodes", "gauge", "Services in the graph.", snapshot.Totals.Nodes)
            .Family("tendril_graph_edges", "gauge", "Dependencies in the graph.", snapshot.Totals.Edges)
            .Family("tendril_ingest_reports_total", "counter", "Reports taken from agents.", counters.Reports)
            .Family("tendril_ingest_rejected_total", "counter", "Items of reports, or calls, that were not taken, by reason.",
                rejections.Counts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (PrometheusText.Labels(("reason", pair.Key)), (double)pair.Value)))
            .ToString();
    }

    private static void WriteEdges(PrometheusText text, GraphSnapshot snapshot)
    {
        var nodes = snapshot.Nodes.ToDictionary(node => node.Id);
        var groups = snapshot.Edges.Where(edge => nodes.ContainsKey(edge.Source) && nodes.ContainsKey(edge.Target))
            .GroupBy(edge => (Client: nodes[edge.Source].Name, Server: nodes[edge.Target].Name, Type: ConnectionType(nodes[edge.Target])))
            .OrderBy(group => group.Key).ToList();

        IEnumerable<(string Labels, double Value)> Sum(Func<GraphEdge, long> of) => groups.Select(group =>
            (PrometheusText.Labels(("client", group.Key.Client), ("server", group.Key.Server), ("connection_type", group.Key.Type)), group.Sum(edge => (double)of(edge))));

        text.Family("traces_service_graph_request_total", "counter",
                "Requests between two services. One request is one TCP connection, established or failed: what is inside connections is not looked at.",
                Sum(edge => edge.ConnectionsOpened + edge.ConnectionsFailed))
            .Family("traces_service_graph_request_failed_total", "counter",
                "Failed requests between two services: TCP connects that were refused or timed out.", Sum(edge => edge.ConnectionsFailed))
            .Family("tendril_connects_failed_total", "counter", "TCP connects that failed, by reason; \"other\" is whatever has no reason of its own or none that was told.",
                groups.SelectMany(group => Reasons.Select(reason =>
                    (PrometheusText.Labels(("client", group.Key.Client), ("server", group.Key.Server), ("reason", reason.Name)),
                        group.Sum(edge => (double)reason.Of(edge.Failures)))))
                    .GroupBy(sample => sample.Item1).Select(same => (same.Key, same.Sum(sample => sample.Item2))).Where(sample => sample.Item2 > 0))
            .Family("tendril_connections_active", "gauge", "TCP connections that are open now.", Sum(edge => edge.ConnectionsActive))
            .Family("tendril_bytes_total", "counter", "Bytes between two services; direction is seen from the client.",
                groups.SelectMany(group => new[] { ("sent", group.Sum(edge => (double)edge.BytesSent)), ("received", group.Sum(edge => (double)edge.BytesReceived)) }
                    .Select(way => (PrometheusText.Labels(("client", group.Key.Client), ("server", group.Key.Server), ("direction", way.Item1)), way.Item2)))
                    .GroupBy(sample => sample.Item1).Select(same => (same.Key, same.Sum(sample => sample.Item2))))
            .Family("tendril_retransmits_total", "counter", "TCP segments sent again.", Sum(edge => edge.Retransmits));
    }

    private static void WriteRtt(PrometheusText text, GraphSnapshot snapshot)
    {
        var names = snapshot.Nodes.ToDictionary(node => node.Id, node => node.Name);
        var samples = snapshot.Edges.Where(edge => edge.RttMicros is not null && names.ContainsKey(edge.Source) && names.ContainsKey(edge.Target))
            .GroupBy(edge => (Client: names[edge.Source], Server: names[edge.Target])).OrderBy(group => group.Key)
            .SelectMany(group => new[] { ("0.5", group.Max(edge => edge.RttMicros!.P50)), ("0.99", group.Max(edge => edge.RttMicros!.P99)) }
                .Select(q => (PrometheusText.Labels(("client", group.Key.Client), ("server", group.Key.Server), ("quantile", q.Item1)), q.Item2)));
        text.Family("tendril_rtt_microseconds", "gauge", "TCP round-trip time; the slowest where several edges share these labels.", samples);
    }

    private static void WriteAgents(PrometheusText text, OperatorStats stats)
    {
        var hosts = stats.Agents.GroupBy(agent => agent.Hostname).ToList();
        IEnumerable<(string Labels, double Value)> Programs(Func<AgentProgram, double> of) =>
            hosts.SelectMany(host => host.SelectMany(agent => agent.Programs).GroupBy(program => program.Name)
                .Select(same => (PrometheusText.Labels(("host", host.Key), ("program", same.Key)), same.Sum(of))));

        text.Family("tendril_agents", "gauge", "Agents that are connected.", stats.Agents.Count(agent => agent.Connected))
            .Family("tendril_agent_connected", "gauge", "1 while the host's agent is connected, 0 while it is away.",
                hosts.Select(host => (PrometheusText.Labels(("host", host.Key)), host.All(agent => agent.Connected) ? 1.0 : 0)))
            .Family("tendril_agent_sockets_explained_ratio", "gauge", "Share of the kernel's open TCP connections that the host's agent counts, by its last check of itself.",
                hosts.Where(host => host.Any(agent => agent.SelfCheck is not null))
                    .Select(host => (PrometheusText.Labels(("host", host.Key)), host.Min(agent => agent.SelfCheck?.Share ?? 1))))
            .Family("tendril_bpf_program_runs_total", "counter", "Runs of the agent's BPF programs, on hosts whose kernel counts them (sysctl kernel.bpf_stats_enabled=1).",
                Programs(program => program.Runs))
            .Family("tendril_bpf_program_run_seconds_total", "counter", "Time in the agent's BPF programs, likewise.", Programs(program => program.RunTimeNs / 1e9))
            .Family("tendril_flow_events_lost_total", "counter", "Flow events that were dropped; the graph's counters are exact without them.", stats.LostFlowEvents)
            .Family("tendril_counter_overflows_total", "counter", "Connections, and of some tables names, processes or listeners, that found no room in a table of an agent or its kernel.",
                hosts.SelectMany(host => host.SelectMany(agent => agent.CounterOverflows).GroupBy(map => map.Key)
                    .Select(map => (PrometheusText.Labels(("host", host.Key), ("map", map.Key)), map.Sum(pair => (double)pair.Value)))));
    }

    private static void WriteLimits(PrometheusText text, OperatorStats stats)
    {
        IEnumerable<(string Labels, double Value)> Of(Func<LimitStatus, long> value) =>
            stats.Limits.Select(limit => (PrometheusText.Labels(("flag", limit.Flag)), (double)value(limit)));

        text.Family("tendril_limit", "gauge", "Limits, by the operator's flag that sets them.", Of(limit => limit.Limit))
            .Family("tendril_limit_used", "gauge", "How much of a limit is used; of those that are for each agent by the one that uses most.", Of(limit => limit.Used))
            .Family("tendril_limit_folded", "gauge", "What was beyond a limit and is part of a visible \"other\" node.", Of(limit => limit.Folded))
            .Family("tendril_limit_refused", "gauge", "What was beyond a limit and was not taken, each time it was offered.", Of(limit => limit.Refused));
    }

    private static void WriteMemory(PrometheusText text, MemoryStatus? memory)
    {
        if (memory is null)
        {
            return;
        }

        text.Family("tendril_memory_bytes", "gauge", "Size of the file that keeps the graph over restarts, and of its log.", memory.Bytes)
            .Family("tendril_memory_saved_timestamp_seconds", "gauge", "When what is in that file was true; 0 before the first save.",
                memory.SavedAt is { } at ? at.ToUnixTimeMilliseconds() / 1000.0 : 0)
            .Family("tendril_memory_saves_total", "counter", "Saves that were written.", memory.Saves)
            .Family("tendril_memory_failed_saves_total", "counter", "Saves that could not be written, each time; the log has the reason.", memory.FailedSaves)
            .Family("tendril_memory_saved_rows_total", "counter", "Rows that were written or removed.", memory.SavedRows)
            .Family("tendril_memory_forgotten_rows_total", "counter", "Rows that were left out because the file reached --max-memory-bytes.", memory.ForgottenRows);
    }

    /// <summary>OpenTelemetry's values: databases, and what is outside of all that is observed.</summary>
    private static string ConnectionType(GraphNode server) => server.Tier switch { "data" => "database", "external" => "virtual_node", _ => "" };
}
