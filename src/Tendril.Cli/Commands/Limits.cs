using Tendril.Cli.Operator;
using Tendril.Cli.Terminal;

namespace Tendril.Cli.Commands;

/// <summary>How much the operator holds of what it may hold.</summary>
internal static class Limits
{
    public static void Write(IReadOnlyList<Limit> limits)
    {
        if (limits.Count == 0)
        {
            return;
        }

        var table = new Table(
            new Column("operator's limit"), new Column("used", Right: true), new Column("of", Right: true), new Column("folded", Right: true), new Column("refused", Right: true));
        foreach (var limit in limits)
        {
            table.Add(
                Text.Clean(limit.Flag), new Cell(Text.Number(limit.Used), IsReached(limit) ? Colour.Yellow : Colour.Usual), Text.Number(limit.Most),
                Beyond(limit.Folded), Beyond(limit.Refused));
        }

        Screen.Output.WriteLine();
        table.Write(Screen.Output);
        WriteReached(limits);
    }

    /// <summary>Only those that something was beyond, and what to do.</summary>
    public static void WriteReached(IReadOnlyList<Limit> limits)
    {
        foreach (var limit in limits.Where(IsReached))
        {
            var flag = Text.Clean(limit.Flag);
            string[] beyond =
            [
                .. limit.Folded > 0 ? [$"{Folded(flag, limit.Folded)} folded into {Other(flag)}"] : (string[])[],
                .. limit.Refused > 0 ? [$"{Refused(flag, limit.Refused)} not taken"] : (string[])[],
            ];
            Screen.Output.WriteText("", $"{string.Join(", ", beyond)}: start the operator with a larger {flag} (now {Text.Number(limit.Most)})", Colour.Yellow);
        }
    }

    private static bool IsReached(Limit limit) => limit.Folded + limit.Refused > 0;

    private static Cell Beyond(long count) => new(Text.Number(count), count > 0 ? Colour.Yellow : Colour.Dim);

    private static string Folded(string flag, long count) => flag switch
    {
        "--max-external" => Text.Count(count, "outside address", "outside addresses"),
        _ => Text.Count(count, "dependency", "dependencies"),
    };

    private static string Other(string flag) => flag switch
    {
        "--max-external" => "\"other external addresses\"",
        "--max-addresses-per-service" => "\"other addresses\" or \"other clients\" of a service",
        _ => "\"other\"",
    };

    private static string Refused(string flag, long count) => flag switch
    {
        "--max-agents" => Text.Count(count, "connect of an agent", "connects of agents"),
        "--max-processes" => Text.Count(count, "process record"),
        _ => Text.Count(count, "report of a dependency", "reports of dependencies"),
    };
}
