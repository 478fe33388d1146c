using System.Globalization;
using System.Text;

namespace Tendril.Operator.Metrics;

/// <summary>Writes the Prometheus text format 0.0.4: each family once, with HELP and TYPE before its samples.</summary>
internal sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";
    private readonly StringBuilder _text = new();

    public PrometheusText Family(string name, string type, string help, IEnumerable<(string Labels, double Value)> samples)
    {
        _text.Append($"# HELP {name} {help.Replace("\\", "\\\\").Replace("\n", "\\n")}\n# TYPE {name} {type}\n");
        foreach (var (labels, value) in samples)
        {
            _text.Append(name).Append(labels).Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        }

        return this;
    }

    public PrometheusText Family(string name, string type, string help, double value) => Family(name, type, help, [("", value)]);

    /// <summary>{client="a",server="b"}; values are escaped as the format demands.</summary>
    public static string Labels(params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var text = new StringBuilder("{");
        foreach (var (name, value) in labels)
        {
            text.Append(text.Length > 1 ? "," : "").Append(name).Append("=\"")
                .Append(value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")).Append('"');
        }

        return text.Append('}').ToString();
    }

    public override string ToString() => _text.ToString();
}
