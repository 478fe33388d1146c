using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.Truth.Tests.Accuracy;

/// <summary>A scenario's row.</summary>
/// <param name="VisibleMilliseconds">Of each edge that could be timed: from connect() to the first answer that has it.</param>
internal sealed record AccuracyRow(
    string Section, string Scenario, int Expected, int Found, int Missing, int Wrong, int Misnamed, IReadOnlyList<double> VisibleMilliseconds,
    IReadOnlyList<string> Differences);

/// <summary>Takes the rows as the scenarios end, and writes and prints the table when all have.</summary>
public sealed class AccuracyReport : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly List<AccuracyRow> Rows = [];

    private static readonly string Folder =
        Path.Combine(Environment.GetEnvironmentVariable("TENDRIL_ARTIFACTS") is { Length: > 0 } named ? named : Repository.File("artifacts"), "accuracy");

    /// <summary>Forgets what an earlier run left.</summary>
    public AccuracyReport()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Results, "");
    }

    /// <summary>A JSON object a line, one for each scenario that has ended.</summary>
    private static string Results => Path.Combine(Folder, "results.jsonl");

    /// <summary>All scenarios have ended.</summary>
    public void Dispose()
    {
        if (Rows.Count == 0)
        {
            return;
        }

        var table = Table();
        File.WriteAllText(Path.Combine(Folder, "table.md"), table);
        File.WriteAllText(Path.Combine(Folder, "totals.txt"), Totals() + "\n");
        Console.WriteLine(table + Totals());
    }

    internal static void Add(AccuracyRow row)
    {
        lock (Rows)
        {
            Rows.Add(row);
            File.AppendAllText(Results, JsonSerializer.Serialize(row, Json) + "\n");
        }
    }

    private static string Table()
    {
        var text = new StringBuilder("| | scenario | edges expected | found | missing | wrong | misnamed | visible, ms |\n|---|---|---|---|---|---|---|---|\n");
        var section = "";
        foreach (var row in Rows.OrderBy(row => row.Section, StringComparer.Ordinal).ThenBy(row => row.Scenario, StringComparer.Ordinal))
        {
            var visible = row.VisibleMilliseconds.Count == 0 ? "" : Number(row.VisibleMilliseconds.Max());
            text.Append(CultureInfo.InvariantCulture, $"| {(row.Section == section ? "" : row.Section)} | {row.Scenario} | {row.Expected} | {row.Found} ");
            text.Append(CultureInfo.InvariantCulture, $"| {row.Missing} | {row.Wrong} | {row.Misnamed} | {visible} |\n");
            section = row.Section;
        }

        text.Append(CultureInfo.InvariantCulture, $"| | **{Rows.Count} scenarios** | {Rows.Sum(row => row.Expected)} | {Rows.Sum(row => row.Found)} ");
        text.Append(CultureInfo.InvariantCulture, $"| {Rows.Sum(row => row.Missing)} | {Rows.Sum(row => row.Wrong)} | {Rows.Sum(row => row.Misnamed)} ");
        return text.Append(CultureInfo.InvariantCulture, $"| p50 {Number(Quantile(0.5))}, p99 {Number(Quantile(0.99))} |\n").ToString();
    }

    private static string Totals()
    {
        // Right: what is there and belongs there, whatever it is called.
        double right = Rows.Sum(row => row.Found + row.Misnamed);
        var precision = Share(right, right + Rows.Sum(row => row.Wrong));
        var recall = Share(right, Rows.Sum(row => row.Expected));
        var names = Share(Rows.Sum(row => row.Found), right);
        return $"scenarios={Rows.Count} precision={precision} recall={recall} names={names} visible_p99_ms={Number(Quantile(0.99))}";
    }

    // Rounded down: 0.9999 must not read as 1.
    private static string Share(double part, double whole) =>
        whole == 0 ? "none" : (Math.Floor(part / whole * 1000) / 1000).ToString("0.###", CultureInfo.InvariantCulture);

    private static double Quantile(double share)
    {
        var all = Rows.SelectMany(row => row.VisibleMilliseconds).Order().ToList();
        return all.Count == 0 ? double.NaN : all[(int)Math.Ceiling(share * all.Count) - 1];
    }

    private static string Number(double milliseconds) => double.IsNaN(milliseconds) ? "none" : milliseconds.ToString("0", CultureInfo.InvariantCulture);
}
