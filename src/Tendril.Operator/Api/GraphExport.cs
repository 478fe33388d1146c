using System.Globalization;
using System.Text;
using Tendril.Graph;

namespace Tendril.Operator.Api;

/// <summary>Writes a graph in the formats other tools read. Names come from strangers, so each format escapes them its own way.</summary>
internal static class GraphExport
{
    public static readonly IReadOnlyList<string> Formats = ["json", "dot", "mermaid", "csv"];

    public static string ContentType(string format) => format switch
    {
        "dot" => "text/vnd.graphviz; charset=utf-8",
        "mermaid" => "text/vnd.mermaid; charset=utf-8",
        "csv" => "text/csv; charset=utf-8; header=present",
        _ => "application/json; charset=utf-8",
    };

    public static string Write(GraphSnapshot graph, string format) => format switch
    {
        "dot" => Dot(graph),
        "mermaid" => Mermaid(graph),
        _ => Csv(graph),
    };

    /// <summary>For Graphviz: `dot -Tsvg`.</summary>
    private static string Dot(GraphSnapshot graph)
    {
        var text = new StringBuilder("digraph tendril {\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n");
        foreach (var node in graph.Nodes)
        {
            var shape = node.Tier switch { "data" => ", shape=cylinder, style=\"\"", "external" => ", style=\"rounded,dashed\"", _ => "" };
            text.Append($"  {DotText(node.Id)} [label={DotText(node.Name)}{shape}];\n");
        }

        foreach (var edge in graph.Edges)
        {
            var colour = edge.ConnectionsFailed > 0 ? ", color=red" : "";
            text.Append(CultureInfo.InvariantCulture, $"  {DotText(edge.Source)} -> {DotText(edge.Target)} [label=\"{edge.Transport}/{DotLine(edge.Path) ?? Number(edge.Port)}\", penwidth={1 + (edge.Strength / 3.0):0.0}{colour}];\n");
        }

        return text.Append("}\n").ToString();
    }

    private static string? DotLine(string? path) => path is null ? null : Line(path).Replace("\\", "\\\\").Replace("\"", "\\\"");

    private static string DotText(string text) => "\"" + DotLine(text) + "\"";

    /// <summary>For Markdown and mermaid.live.</summary>
    private static string Mermaid(GraphSnapshot graph)
    {
        var text = new StringBuilder("flowchart LR\n");
        var keys = new Dictionary<string, string>();
        foreach (var node in graph.Nodes)
        {
            var key = keys[node.Id] = $"n{keys.Count}";
            var (open, close) = node.Tier switch { "data" => ("[(", ")]"), "external" => ("([", "])"), _ => ("[", "]") };
            text.Append($"  {key}{open}\"{MermaidText(node.Name)}\"{close}\n");
        }

        foreach (var edge in graph.Edges.Where(edge => keys.ContainsKey(edge.Source) && keys.ContainsKey(edge.Target)))
        {
            text.Append($"  {keys[edge.Source]} -->|\"{MermaidText($"{edge.Transport}/{edge.Path ?? Number(edge.Port)}")}\"| {keys[edge.Target]}\n");
        }

        return text.ToString();
    }

    /// <summary>Mermaid has entity codes instead of backslashes; the label is HTML to it.</summary>
    private static string MermaidText(string text) =>
        Line(text).Replace("#", "#35;").Replace("&", "#38;").Replace("\"", "#quot;").Replace("<", "#lt;").Replace(">", "#gt;").Replace("`", "#96;");

    /// <summary>One line for each edge (RFC 4180).</summary>
    private static string Csv(GraphSnapshot graph)
    {
        var names = graph.Nodes.ToDictionary(node => node.Id, node => node.Name);
        var text = new StringBuilder(
            "source,target,sourceId,targetId,transport,port,connectionsOpened,connectionsFailed,connectionsClosed,connectionsActive,"
            + "bytesSent,bytesReceived,retransmits,rttMicrosP50,rttMicrosP99,strength,evidence,state,firstSeen,lastSeen,path,datagramsSent,datagramsReceived\r\n");
        foreach (var e in graph.Edges)
        {
            string?[] cells =
            [
                names.GetValueOrDefault(e.Source, e.Source), names.GetValueOrDefault(e.Target, e.Target), e.Source, e.Target, e.Transport,
                Number(e.Port), Number(e.ConnectionsOpened), Number(e.ConnectionsFailed), Number(e.ConnectionsClosed), Number(e.ConnectionsActive),
                Number(e.BytesSent), Number(e.BytesReceived), Number(e.Retransmits), Number(e.RttMicros?.P50), Number(e.RttMicros?.P99),
                Number(e.Strength), e.Evidence, e.State, e.FirstSeen.ToString("O"), e.LastSeen.ToString("O"), e.Path,
                Number(e.DatagramsSent), Number(e.DatagramsReceived),
            ];
            text.AppendJoin(',', cells.Select(CsvCell)).Append("\r\n");
        }

        return text.ToString();
    }

    private static string Number(IFormattable? number) => number?.ToString(null, CultureInfo.InvariantCulture) ?? "";

    /// <summary>A cell that begins like a formula would be run by a spreadsheet.</summary>
    private static string CsvCell(string? cell)
    {
        var text = cell ?? "";
        if (text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r')
        {
            text = "'" + text;
        }

        return text.AsSpan().ContainsAny(",\"\r\n") ? "\"" + text.Replace("\"", "\"\"") + "\"" : text;
    }

    private static string Line(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
