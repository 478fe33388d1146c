using Tendril.Cli.Operator;
using Tendril.Cli.Terminal;

namespace Tendril.Cli.Commands;

/// <summary>How completely an agent sees its host, in words.</summary>
internal static class Coverage
{
    public static void Write(Agent agent, DateTimeOffset now)
    {
        var screen = Screen.Output;
        var gaps = GapsOf(agent).ToList();
        screen.WriteLine(screen.Paint(Text.Clean(agent.Hostname), Colour.Bold) + (gaps.Count == 0 && !IsShort(agent.SelfCheck) ? ": every connection is counted." : ":"));
        foreach (var gap in gaps)
        {
            screen.WriteText("  ", gap, Colour.Yellow);
        }

        if (agent.SelfCheck is { } check)
        {
            screen.WriteText("  ", $"{Explained(check)}, {Text.Since(now, check.Time)}", IsShort(check) ? Colour.Yellow : Colour.Usual);
        }

        foreach (var hooks in agent.Capabilities.Where(capability => capability.Available).GroupBy(capability => Since(capability, now)))
        {
            screen.WriteText("  ", $"attached{hooks.Key}: {string.Join(", ", hooks.Select(NameOf))}");
        }

        if (agent.LostFlowEvents + agent.SuppressedFlowEvents > 0)
        {
            screen.WriteText(
                "  ", $"{Text.Count(agent.LostFlowEvents, "flow event")} lost, {Text.Number(agent.SuppressedFlowEvents)} left out to keep to the budget: 'observe' did not show them, the counters have them");
        }
    }

    /// <summary>What this host's part of the graph lacks.</summary>
    public static IEnumerable<string> GapsOf(Agent agent)
    {
        foreach (var missing in agent.Capabilities.Where(capability => !capability.Available))
        {
            var reason = Text.Clean(missing.Detail) is { Length: > 0 } detail ? detail : "no reason was given";
            yield return $"{Text.Clean(missing.Name)} is not available on kernel {Text.Clean(agent.Kernel)}: {reason}";
        }

        foreach (var (map, count) in agent.CounterOverflows.Where(overflow => overflow.Value > 0).OrderBy(overflow => overflow.Key, StringComparer.Ordinal))
        {
            yield return Lost(Text.Clean(map), count);
        }

        if (agent.Unattributed > 0)
        {
            yield return $"{Text.Count(agent.Unattributed, "connection")} whose process could not be told";
        }
    }

    private static string Lost(string map, long count) => map switch
    {
        "dependency_map" => $"{Text.Count(count, "connection")} belong{(count == 1 ? "s" : "")} to no edge, as the kernel's table of dependencies was full: the agent's --max-dependencies raises it",
        "flow_map" => $"{Text.Count(count, "connection")} not followed, as the kernel's table of open connections was full: the agent's --max-flows raises it",
        "service_map" => $"{Text.Count(count, "listening endpoint")} not known, as the kernel's table of listeners was full: the agent's --max-listeners raises it",
        "pid_map" => $"{Text.Count(count, "connection")} without the address that was dialled, as the kernel's table of connecting threads was full: the agent's --max-connecting raises it",
        "agent_dependencies" => $"{Text.Count(count, "connection")} not counted, as the agent's table of dependencies was full: its --max-dependencies raises it",
        "agent_processes" => $"{Text.Count(count, "process", "processes")} known only as \"other\", as there were too many at once",
        "agent_listeners" => $"{Text.Count(count, "listening endpoint")} that came and went unseen, as there were too many between two reports",
        "agent_names" => $"{Text.Count(count, "name")} of outside addresses forgotten before their time, as there were too many",
        "name_ring" => $"{Text.Count(count, "DNS answer or TLS hello", "DNS answers and TLS hellos")} not read, as they came too fast: outside addresses may lack their names",
        _ => $"{Text.Number(count)} lost for want of room in {map}",
    };

    private static bool IsShort(SelfCheck? check) => check is not null && check.Explained < check.Sockets;

    private static string Explained(SelfCheck check) => check.Sockets == 0
        ? "self-check: no connection was open"
        : $"self-check: {Text.Number(check.Explained)} of {Text.Count(check.Sockets, "open connection")} explained{(IsShort(check) ? $", {Text.Number(check.Sockets - check.Explained)} in no counter" : "")}";

    private static string Since(Capability capability, DateTimeOffset now) => capability.Since is { } since ? $" since {Text.Moment(now, since)}" : "";

    private static string NameOf(Capability capability) =>
        Text.Clean(capability.Name) + (Text.Clean(capability.Detail) is { Length: > 0 } detail ? $" ({detail})" : "");
}
