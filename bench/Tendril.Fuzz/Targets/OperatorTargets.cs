using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Tendril.Graph;
using Tendril.Operator;
using Tendril.Operator.Api;
using Tendril.Operator.Naming;
using static Tendril.Fuzz.Target;

namespace Tendril.Fuzz.Targets;

/// <summary>What people write for the operator: its rules, and the filters of requests.</summary>
internal static partial class OperatorTargets
{
    private static readonly HostFacts Host = new("machine", "alpha", "boot", 1, [NetAddress.Parse("10.0.0.1")], 9);
    private static readonly GraphSnapshot Graph = SmallGraph();

    public static IReadOnlyList<Target> All { get; } =
    [
        new(
            "rules", 2048, Rules, "rules:\n", "- ", "  ", "\n", "name: ", "match: ", "match:\n", "{ ", " }", "[", "]", ", ", ": ", "port: ", "8000-8007", "65536", "process: ", "exe: ", "argument: ", "cgroup: ", "host: ",
            "container: ", "image: ", "compose: ", "namespace: ", "pod: ", "otel: ", "address: ", "10.0.0.0/8", "2001:db8::/32", "::ffff:10.0.0.1/129", "tier: data", "tags: ", "*", "?", "\"", "'", "|", ">-", "&a ", "*a", "!!str ", "!<", "%YAML 1.2", "---\n", "...", "<<: ",
            "? ", "# ", "\\x00", "\u00E2\u0080\u00A8"),
        new(
            "filter", 512, Filter, "service=", "depth=", "since=", "format=", "&", "web", "db", "process/machine/web", "0", "32", "33", "15m", "ms", "s", "h", "d", "NaN", "Infinity", "1e9", ".5", "-1", "2026-01-31T12:00:00Z",
            "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59.9999999-14:00", "%2B", "+", "%00", "%ED%A0%80", "json", "dot", "mermaid", "csv", ";", "=", "?"),
    ];

    private static void Rules(ReadOnlySpan<byte> input)
    {
        var result = RulesFile.Parse(Encoding.UTF8.GetString(input), "rules.yaml");
        Hold(result.Errors.IsEmpty || result.Rules.IsEmpty);
        foreach (var error in result.Errors)
        {
            Hold(Error().IsMatch(error), error);
        }

        foreach (var rule in result.Rules)
        {
            Hold(rule.Name.Length is > 0 and <= ServiceNaming.MaxNameLength && !rule.Name.Any(c => char.IsControl(c) || c == '/'), rule.Name);
            Hold(rule.Tier is null or "edge" or "service" or "data" or "external" && rule.Tags.Count <= 32);
            Hold(rule.Ports.All(range => range.First > 0 && range.First <= range.Last));
            var process = new ProcessFacts(
                1, 2, DateTimeOffset.UnixEpoch, "python3", "/usr/bin/python3.11", ["/srv/web.py", new string('a', 200)], "/system.slice/web.service", 1, true);
            rule.Matches(Host, process, "web.py", [new(NetAddress.Parse("0.0.0.0"), 8000, Transport.Tcp)]);
            rule.Matches(new UnresolvedEndpoint("machine", "alpha", 0, NetAddress.Parse("10.0.0.7"), 8000, Transport.Tcp), isLocal: true);
        }
    }

    private static void Filter(ReadOnlySpan<byte> input)
    {
        var (query, errors) = GraphQuery.Read(new QueryCollection(QueryHelpers.ParseQuery(Encoding.UTF8.GetString(input))), Graph.Time);
        if (errors.Count > 0)
        {
            Hold(errors.Values.All(reasons => reasons.Length > 0 && reasons.All(reason => reason.Length > 0)));
            return;
        }

        Hold(query.Depth is >= 0 and <= GraphQuery.MaxDepth && query.Service is not { Length: 0 or > 512 });
        var part = GraphFilter.Apply(Graph, query);
        Hold(part is not null || query.Service is not null);
        if (part is not null)
        {
            HoldWhole(part);
            Hold(part.Nodes.All(Graph.Nodes.Contains) && part.Edges.All(Graph.Edges.Contains));
            Hold(!query.IsWhole || part.Nodes.Length == Graph.Nodes.Length);
        }
    }

    /// <summary>An edge has its ends, and the totals are those of the edges.</summary>
    public static void HoldWhole(GraphSnapshot graph)
    {
        var ids = graph.Nodes.Select(node => node.Id).ToHashSet();
        Hold(ids.Count == graph.Nodes.Length);
        Hold(graph.Edges.All(edge => ids.Contains(edge.Source) && ids.Contains(edge.Target)));
        Hold(graph.Totals.Nodes == graph.Nodes.Length && graph.Totals.Edges == graph.Edges.Length);
        Hold(graph.Totals.ConnectionsOpened == Saturating.Sum(graph.Edges, edge => edge.ConnectionsOpened));
        Hold(graph.Totals.BytesSent == Saturating.Sum(graph.Edges, edge => edge.BytesSent));
    }

    private static GraphSnapshot SmallGraph()
    {
        var begin = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
        var graph = new DependencyGraph(new GraphOptions(), endpoint => new ServiceIdentity($"address/{endpoint.Address}", "web", "address", null, "address"), begin);
        var run = graph.BeginRun("machine", "alpha", 1, 7, []);
        string[] names = ["web", "api", "db", "cache", "web"];
        for (var number = 1u; number <= names.Length; number++)
        {
            var service = new ServiceIdentity(number == 1 ? "process/machine/web" : $"service/{number}", names[number - 1], "process", null, "process");
            graph.Apply(run, new ProcessObservation(number, number, begin, "comm", "/usr/bin/x", true, service));
            graph.Apply(run, new ListenerObservation(7, NetAddress.Parse("127.0.0.1"), (ushort)(8000 + number), Transport.Tcp, number, true, begin));
        }

        for (var from = 1u; from <= names.Length; from++)
        {
            graph.Apply(run, [new DependencyObservation(
                new(7, from, Role.Client, Transport.Tcp, NetAddress.Parse("127.0.0.1"), (ushort)(8001 + (from % (uint)names.Length)), default, 0),
                new(10, 1, 9, 100, 200, 0), begin, begin.AddMinutes(from), null)]);
        }

        graph.Publish(begin.AddMinutes(6));
        return graph.Current;
    }

    [GeneratedRegex(@"^rules\.yaml:[0-9]+:[0-9]+: (?:found .+, expected .+|this is not YAML: .*)$", RegexOptions.Singleline)]
    private static partial Regex Error();
}
