using System.Collections.Immutable;
using Tendril.Graph;
using Tendril.Operator.Ingest;
using Tendril.Operator.Memory;

namespace Tendril.Operator.Api;

/// <summary>What is said of the operator and its agents beside the graph.</summary>
internal sealed class StatsSource(
    DependencyGraph graph, AgentRegistry agents, IngestQueue queue, IngestCounters counters, Rejections rejections,
    OperatorMemory memory, OperatorOptions options, TimeProvider clock)
{
    public DateTimeOffset StartedAt { get; } = clock.GetUtcNow();

    public OperatorStats Stats()
    {
        var statuses = agents.Statuses();
        return new(
            OperatorHelp.Version, StartedAt, statuses, Saturating.Sum(statuses.Select(agent => agent.LostFlowEvents).Append(queue.LostFlowEvents), count => count),
            Saturating.Sum(statuses, agent => agent.SuppressedFlowEvents), Saturating.Sum(statuses.SelectMany(agent => agent.CounterOverflows.Values), count => count),
            Saturating.Sum(statuses, agent => agent.Unattributed), Limits(statuses.Length));
    }

    private ImmutableArray<LimitStatus> Limits(int agentsKnown)
    {
        var (usage, losses, sent) = (graph.Usage, graph.Losses, agents.MostSent());
        return
        [
            new("--max-edges", options.MaxEdges, usage.Edges, usage.FoldedDependencies, 0),
            new("--max-external", options.MaxExternal, usage.External, usage.FoldedAddresses, 0),
            new("--max-addresses-per-service", options.MaxAddressesPerService, usage.Addresses, usage.FoldedOfServices, 0),
            new("--max-dependencies", options.MaxDependencies, usage.Dependencies, 0, losses.Dependencies),
            new("--max-agents", options.MaxAgents, agentsKnown, 0, agents.Refused),
            new("--max-processes", options.MaxProcesses, usage.Processes, 0,
                rejections.Counts.GetValueOrDefault(Rejections.TooManyProcesses) + losses.Processes),
            new("--max-agent-messages", options.MaxAgentMessages, sent.Messages, 0, rejections.Counts.GetValueOrDefault(Rejections.AgentMessages)),
            new("--max-agent-bytes", options.MaxAgentBytes, sent.Bytes, 0, rejections.Counts.GetValueOrDefault(Rejections.AgentBytes)),
            .. memory.Status is { } kept ? [new LimitStatus("--max-memory-bytes", options.MaxMemoryBytes, kept.UsedBytes, 0, kept.ForgottenRows)] : ImmutableArray<LimitStatus>.Empty,
        ];
    }

    public MetricsDocument Metrics()
    {
        var (snapshot, stats) = (graph.Current, Stats());
        return new(
            clock.GetUtcNow(), snapshot.Version, snapshot.Totals, stats.Agents.Length, stats.Agents.Count(agent => agent.Connected),
            counters.Reports, counters.DependencyUpdates, rejections.Counts.ToImmutableSortedDictionary(StringComparer.Ordinal),
            stats.LostFlowEvents, stats.SuppressedFlowEvents, stats.CounterOverflows, stats.UnattributedConnections);
    }
}
