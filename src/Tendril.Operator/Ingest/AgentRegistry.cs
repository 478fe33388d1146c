using System.Collections.Immutable;
using Grpc.Core;
using Tendril.Operator.Doors;
using Tendril.Operator.Naming;

namespace Tendril.Operator.Ingest;

/// <summary>The hosts' agents: which stream speaks for a host, and what is shown of each agent.</summary>
internal sealed class AgentRegistry(OperatorOptions options, ServiceNaming naming)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Agent> _agents = [];
    private int _flowEventBudget = options.FlowEvents;
    private int _revision;
    private long _streams;
    private long _refused;

    /// <summary>Changes when an agent comes or goes.</summary>
    public int Revision => Volatile.Read(ref _revision);

    /// <summary>Hosts turned away because as many are known as may be, each time they came.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>All agents known, by host name.</summary>
    public ImmutableArray<AgentStatus> Statuses()
    {
        lock (_lock)
        {
            return [.. _agents.Values.Select(agent => agent.Status).OrderBy(status => status.Hostname, StringComparer.Ordinal).ThenBy(status => status.HostId, StringComparer.Ordinal)];
        }
    }

    /// <summary>All agents known, each with the start of its run, in no order.</summary>
    public ImmutableArray<(AgentStatus Status, ulong RunStartMicros)> All()
    {
        lock (_lock)
        {
            return [.. _agents.Values.Select(agent => (agent.Status, agent.RunStartMicros))];
        }
    }

    /// <summary>An agent was known before the operator's restart. It is forgotten as if it had been away since <paramref name="now"/>.</summary>
    public void Restore(HostFacts host, AgentStatus status, ulong runStartMicros, DateTimeOffset now)
    {
        lock (_lock)
        {
            naming.Know(host);
            _revision++;
            _agents[host.Id] = new Agent(null, status, runStartMicros) { RestoredAt = now };
        }
    }

    /// <summary>How much the agent that sends most uses of what it may.</summary>
    public (long Messages, long Bytes) MostSent()
    {
        lock (_lock)
        {
            var sending = _agents.Values.Select(agent => agent.Session?.Allowance).OfType<AgentAllowance>().ToList();
            return sending.Count == 0 ? default : (sending.Max(allowance => allowance.UsedMessages), sending.Max(allowance => allowance.UsedBytes));
        }
    }

    /// <summary>Takes a stream for its host. The newest run of a host wins; the stream of an older one ends with a reason.</summary>
    public AgentSession Open(HostFacts host, AgentStatus status, ulong runStartMicros)
    {
        lock (_lock)
        {
            if (_agents.TryGetValue(host.Id, out var agent) && agent.Session is { } present)
            {
                if (present.RunStartMicros > runStartMicros)
                {
                    throw new RpcException(new Status(StatusCode.AlreadyExists,
                        $"hello.agent_start_us: a newer run of the agent speaks for {host.Name} already (host {host.Id}){Twin(present.Host, host)}; stop this one"));
                }

                present.Close(StatusCode.Aborted, $"a newer stream of {host.Name} (host {host.Id}) took over{Twin(present.Host, host)}");
            }
            else if (agent is null && _agents.Count >= options.MaxAgents)
            {
                Interlocked.Increment(ref _refused);
                throw new RpcException(new Status(StatusCode.ResourceExhausted,
                    $"{options.MaxAgents} hosts are known already; start the operator with a larger --max-agents"));
            }

            naming.Know(host);
            var session = new AgentSession(host, runStartMicros, ++_streams);
            session.SetFlowEventBudget(_flowEventBudget);
            _revision++;
            _agents[host.Id] = new Agent(session, Continue(agent, status, runStartMicros), runStartMicros);
            return session;
        }
    }

    /// <summary>The stream ended; the host stays known until it is forgotten.</summary>
    public void Close(AgentSession session, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_agents.TryGetValue(session.Host.Id, out var agent) && agent.Session == session)
            {
                _revision++;
                _agents[session.Host.Id] = agent with { Session = null, Status = agent.Status with { Connected = false, LastSeen = now } };
            }
        }
    }

    /// <summary>Takes over what a report says of the agent itself. Called by the writer.</summary>
    public void Update(AgentSession session, ReportBatch report, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_agents.TryGetValue(session.Host.Id, out var agent) && agent.Session == session)
            {
                _agents[session.Host.Id] = agent with { Status = Updated(agent.Status, report) with { LastSeen = now } };
            }
        }
    }

    /// <summary>Forgets hosts that have been away for long. Gives their ids.</summary>
    public IReadOnlyList<string> Forget(DateTimeOffset before)
    {
        lock (_lock)
        {
            var away = _agents.Where(pair => pair.Value.Session is null && pair.Value.Status.LastSeen < before && pair.Value.RestoredAt < before).Select(pair => pair.Key).ToList();
            away.ForEach(id => _agents.Remove(id));
            _revision += away.Count;
            return away;
        }
    }

    /// <summary>Tells all agents how many flow events to send.</summary>
    public void SetFlowEventBudget(int eventsPerSecond)
    {
        lock (_lock)
        {
            _flowEventBudget = eventsPerSecond;
            foreach (var agent in _agents.Values)
            {
                agent.Session?.SetFlowEventBudget(eventsPerSecond);
            }
        }
    }

    private static AgentStatus Continue(Agent? agent, AgentStatus status, ulong runStartMicros) =>
        agent is null || agent.RunStartMicros != runStartMicros ? status : status with
        {
            LostFlowEvents = agent.Status.LostFlowEvents,
            SuppressedFlowEvents = agent.Status.SuppressedFlowEvents,
            CounterOverflows = agent.Status.CounterOverflows,
            Unattributed = agent.Status.Unattributed,
            Wire = agent.Status.Wire,
            Programs = agent.Status.Programs,
            SelfCheck = agent.Status.SelfCheck,
        };

    private static AgentStatus Updated(AgentStatus status, ReportBatch report)
    {
        if (report.Losses is { } losses)
        {
            status = status with
            {
                LostFlowEvents = ReportReader.Bounded(losses.FlowEventsDropped),
                SuppressedFlowEvents = ReportReader.Bounded(losses.FlowEventsSuppressed),
                // Names that are one when cut are counted together.
                CounterOverflows = losses.CounterOverflows.GroupBy(pair => IngestLimits.Cut(pair.Key, IngestLimits.NameLength)).ToImmutableSortedDictionary(
                    same => same.Key, same => Saturating.Sum(same, pair => ReportReader.Bounded(pair.Value)), StringComparer.Ordinal),
                Unattributed = ReportReader.Bounded(losses.Unattributed),
            };
        }

        status = report.SelfCheck is { } check ? status with { SelfCheck = check } : status;
        status = report.Programs.Count == 0 ? status : status with { Programs = [.. report.Programs] };
        return report.Wire.Count == 0 ? status : status with { Wire = [.. report.Wire] };
    }

    /// <summary>Cloned machines share a machine id, and their agents would take each other's place for ever.</summary>
    private static string Twin(HostFacts present, HostFacts host) =>
        present.BootId == host.BootId ? "" : $"; it runs on another boot ({present.Name}): if these are two machines, give one a new /etc/machine-id";

    private sealed record Agent(AgentSession? Session, AgentStatus Status, ulong RunStartMicros)
    {
        public DateTimeOffset RestoredAt { get; init; }
    }
}
