using System.CommandLine;
using Tendril.Cli.Operator;
using Tendril.Cli.Terminal;

namespace Tendril.Cli.Commands;

/// <summary><c>tendril agents</c>: who is watching, and what cannot be seen.</summary>
internal static class AgentsCommand
{
    private static readonly Option<string> Output = JsonOutput.Option();

    public static Command Create(ConnectionOptions connection)
    {
        var command = new Command("agents", "Show which hosts are watched, how completely, and what was lost or cannot be seen") { Output };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = connection.Client(parsed);
            if (parsed.GetValue(Output) == "json")
            {
                JsonOutput.Write(await client.GetGraphJsonAsync(cancellation, "stats", "agents"));
                return;
            }

            Write(await client.GetGraphAsync(cancellation));
        });
        return command.WithExamples("""
            tendril agents                                                is the picture complete?
            tendril agents --operator http://10.0.0.5:8080                of another operator
            tendril agents --output json | jq '.[] | .counterOverflows'   for a script that watches the watchers
            """);
    }

    private static void Write(GraphDocument graph)
    {
        if (graph.Stats.Agents.Count == 0)
        {
            Screen.Output.WriteLine("No agent has reported to this operator yet. 'systemctl start tendril-agent', or 'tendril-agent' as root, on a host starts one; 'tendril doctor' checks the host.");
            return;
        }

        var agents = graph.Stats.Agents.OrderBy(agent => agent.Hostname, StringComparer.Ordinal).ToList();
        var table = new Table(
            new Column("host"), new Column("state"), new Column("agent", Rank: 3), new Column("kernel", Rank: 1), new Column("watches", Rank: 4),
            new Column("up", Right: true, Rank: 5), new Column("last report", Right: true, Rank: 2), new Column("gaps", Right: true));
        foreach (var agent in agents)
        {
            table.Add(
                new Cell(Text.Clean(agent.Hostname), Colour.Bold),
                agent.Connected ? new Cell("connected", Colour.Green) : new Cell("lost", Colour.Red),
                Text.Clean(agent.AgentVersion), Text.Clean(agent.Kernel), agent.Scope is "/" or "" ? "the whole host" : Text.Clean(agent.Scope),
                Text.Micros((graph.Time - agent.StartedAt).TotalMicroseconds), Text.Ago(graph.Time, agent.LastSeen), Text.Number(Coverage.GapsOf(agent).Count()));
        }

        table.Write(Screen.Output);
        foreach (var agent in agents)
        {
            Screen.Output.WriteLine();
            Coverage.Write(agent, graph.Time);
        }

        Limits.Write(graph.Stats.Limits ?? []);
    }
}
