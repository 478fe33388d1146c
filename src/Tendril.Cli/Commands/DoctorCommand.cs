using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using Tendril.Cli.Operator;
using Tendril.Cli.Terminal;

namespace Tendril.Cli.Commands;

/// <summary><c>tendril doctor</c>: what this kernel can show, as the agent finds it, and whether the operator answers.</summary>
internal static class DoctorCommand
{
    private const string AgentName = "tendril-agent";

    public static Command Create(ConnectionOptions connection)
    {
        var command = new Command("doctor", "Check this host: what its kernel can show, and whether the operator answers");
        command.SetAction((parsed, cancellation) => RunAsync(parsed, connection, cancellation));
        return command.WithExamples("""
            sudo tendril doctor                                     root, as the agent tries to attach
            sudo tendril doctor --operator https://map.example:8080  also asks that operator
            """);
    }

    private static async Task<int> RunAsync(ParseResult parsed, ConnectionOptions connection, CancellationToken cancellation)
    {
        using var client = connection.Client(parsed);
        var code = await RunAgentAsync(cancellation);
        Screen.Output.WriteLine();
        try
        {
            var health = await client.GetHealthAsync(cancellation);
            Screen.Output.WriteLine($"operator at {client.Address.OriginalString}: {Text.Clean(health.Status ?? "answers without a status")}");
            WriteWatched(await client.GetGraphAsync(cancellation));
        }
        catch (CommandFailedException fault)
        {
            Screen.Output.WriteLine(Screen.Output.Paint($"operator: {Text.CleanLines(fault.Message)}", Colour.Yellow));
            Screen.Output.WriteLine(fault.Remedy);
        }

        return code;
    }

    /// <summary>What is watched now, where the table above is of what could be: this host's agent in full, the others in a line.</summary>
    private static void WriteWatched(GraphDocument graph)
    {
        var agents = graph.Stats.Agents;
        foreach (var agent in agents.Where(agent => agent.Connected && agent.Hostname == Environment.MachineName))
        {
            Screen.Output.WriteLine();
            Coverage.Write(agent, graph.Time);
        }

        Screen.Output.WriteLine();
        Screen.Output.WriteLine($"{agents.Count(agent => agent.Connected)} of {Text.Count(agents.Count, "agent")} connected: 'tendril agents' says how completely each sees its host");
        Limits.WriteReached(graph.Stats.Limits ?? []);
    }

    private static async Task<int> RunAgentAsync(CancellationToken cancellation)
    {
        var places = PlacesOfAgent().ToList();
        if (places.FirstOrDefault(File.Exists) is not { } agent)
        {
            Screen.Output.WriteLine($"{AgentName} was not found. Looked for:");
            foreach (var place in places)
            {
                Screen.Output.WriteLine($"  {place}");
            }

            Screen.Output.WriteLine("scripts/build.sh builds it.");
            return CommandFailedException.Failed;
        }

        Screen.Output.Flush();
        try
        {
            using var process = Process.Start(new ProcessStartInfo(agent, ["--doctor"]) { UseShellExecute = false })!;
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode;
        }
        catch (Win32Exception fault)
        {
            throw new CommandFailedException(CommandFailedException.Failed, $"{agent} could not be started: {fault.Message}", "Check its permissions.");
        }
    }

    /// <summary>Beside this program, where scripts/build.sh puts it, and in PATH.</summary>
    private static IEnumerable<string> PlacesOfAgent()
    {
        var here = Path.GetDirectoryName(Environment.ProcessPath) ?? AppContext.BaseDirectory;
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Prepend(Path.GetFullPath(Path.Combine(here, "..", "agent"))).Prepend(here)
            .Select(directory => Path.Combine(directory, AgentName)).Distinct();
    }
}
