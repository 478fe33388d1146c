using Tendril.Graph;
using Tendril.Operator.Api;

namespace Tendril.Operator.Tests.Api;

public class GraphExportTests
{
    private static readonly GraphSnapshot Graph = new(
        1, DateTimeOffset.UnixEpoch,
        [Node("a", "curl \"<b>\" #1", "edge"), Node("b", "shop", "service"), Node("c", "postgres", "data"), Node("d", "=cmd,1", "external")],
        [Edge("a", "b", 8000, 0), Edge("b", "c", 5432, 2), Edge("b", "d", 443, 0)],
        new(4, 3, 0, 0, 0, 0, 0, 0, 0));

    [Fact]
    public void Dot_is_what_graphviz_reads() => Assert.Equal(
        """
        digraph tendril {
          rankdir=LR;
          node [shape=box, style=rounded, fontname="sans-serif"];
          "a" [label="curl \"<b>\" #1"];
          "b" [label="shop"];
          "c" [label="postgres", shape=cylinder, style=""];
          "d" [label="=cmd,1", style="rounded,dashed"];
          "a" -> "b" [label="tcp/8000", penwidth=2.0];
          "b" -> "c" [label="tcp/5432", penwidth=2.0, color=red];
          "b" -> "d" [label="tcp/443", penwidth=2.0];
        }

        """, GraphExport.Write(Graph, "dot"));

    [Fact]
    public void Mermaid_is_escaped_its_own_way() => Assert.Equal(
        """
        flowchart LR
          n0["curl #quot;#lt;b#gt;#quot; #35;1"]
          n1["shop"]
          n2[("postgres")]
          n3(["=cmd,1"])
          n0 -->|"tcp/8000"| n1
          n1 -->|"tcp/5432"| n2
          n1 -->|"tcp/443"| n3

        """, GraphExport.Write(Graph, "mermaid"));

    [Fact]
    public void Csv_quotes_cells_and_disarms_formulas()
    {
        var lines = GraphExport.Write(Graph, "csv").Split("\r\n");
        Assert.StartsWith("source,target,sourceId,targetId,transport,port,connectionsOpened", lines[0], StringComparison.Ordinal);
        Assert.Equal("\"curl \"\"<b>\"\" #1\",shop,a,b,tcp,8000,7,0,0,0,0,0,0,10.5,99,3,both,active,1970-01-01T00:00:00.0000000+00:00,1970-01-01T00:00:00.0000000+00:00,,0,0", lines[1]);
        Assert.StartsWith("shop,\"'=cmd,1\",b,d,tcp,443", lines[3], StringComparison.Ordinal);
    }

    private static GraphNode Node(string id, string name, string tier) => new()
    {
        Id = id,
        Name = name,
        Kind = "process",
        Tier = tier,
        State = "active",
        NamedBy = "process",
        FirstSeen = DateTimeOffset.UnixEpoch,
        LastSeen = DateTimeOffset.UnixEpoch,
    };

    private static GraphEdge Edge(string source, string target, int port, long failed) => new()
    {
        Id = $"{source}>{target}",
        Source = source,
        Target = target,
        Transport = "tcp",
        Port = port,
        ConnectionsOpened = 7,
        ConnectionsFailed = failed,
        RttMicros = new(10.5, 99),
        Strength = 3,
        Evidence = "both",
        State = "active",
        FirstSeen = DateTimeOffset.UnixEpoch,
        LastSeen = DateTimeOffset.UnixEpoch,
    };
}
