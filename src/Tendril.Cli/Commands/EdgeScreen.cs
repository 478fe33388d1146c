using System.Globalization;
using Tendril.Cli.Operator;
using Tendril.Cli.Terminal;

namespace Tendril.Cli.Commands;

/// <summary>Says in words why an edge is there.</summary>
internal sealed class EdgeScreen(DateTimeOffset now, NodeNames names)
{
    private const int MostReports = 12;
    private const int MostSamples = 4;

    private readonly Screen _screen = Screen.Output;

    public void Write(EdgeAnswer answer)
    {
        var edge = answer.Edge;
        var (client, server) = (names[edge.Source], names[edge.Target]);
        _screen.WriteLine(_screen.Paint($"{client} -> {server}", Colour.Bold) + $", {EdgeWords.Endpoint(edge)}, {Text.Clean(edge.State)}{(edge.Stale ? ", stale: no agent has confirmed it since the operator's restart" : "")}");
        WriteName(client, answer.Source);
        WriteName(server, answer.Target);
        _screen.WriteLine();
        WriteFigures(edge);
        WriteReports(answer);
        WriteSamples(answer.Samples);
    }

    private void WriteName(string name, EdgeEnd end) => _screen.WriteText("  ", $"{name}: {KindOf(Text.Clean(end.Kind))}, named by {Text.Clean(end.NamedBy)}");

    private static string KindOf(string kind) => kind switch
    {
        "systemd" => "systemd unit",
        "kubernetes" => "Kubernetes workload",
        "external" => "outside server or client",
        "address" => "address at which nobody is known to listen",
        "other" => "what was beyond a limit, together",
        "" => "kind not told",
        _ => kind,
    };

    private void WriteFigures(Edge edge)
    {
        WriteFact("opened", edge.Transport == "udp"
            ? Text.Count(edge.ConnectionsOpened, "conversation")
            : edge.Transport == "unix" ? Text.Count(edge.ConnectionsOpened, "connection")
            : $"{Text.Count(edge.ConnectionsOpened, "connection")}, {Text.Number(edge.ConnectionsActive)} open now");
        if (edge.ConnectionsFailed > 0)
        {
            var reasons = EdgeWords.Reasons(edge) is { } known ? $" ({known})" : "";
            var last = edge.LastFailure is { } failure ? $"; the last {ReasonOf(failure)}{Text.Since(now, failure.At)}, at {Text.Moment(now, failure.At)}" : "";
            WriteFact("failed", $"{Text.Number(edge.ConnectionsFailed)}{reasons}{last}{(edge.ConnectionsOpened == 0 ? "; none ever succeeded" : "")}", Colour.Red);
        }

        // Of a Unix socket only connects are counted: a row of zeros would say that nothing was sent.
        WriteFact("bytes", edge.Transport == "unix" ? "not counted of Unix sockets" : $"{Text.Bytes(edge.BytesSent)} sent by {names[edge.Source]}, {Text.Bytes(edge.BytesReceived)} answered");
        if (edge.DatagramsSent + edge.DatagramsReceived > 0)
        {
            WriteFact("datagrams", $"{Text.Number(edge.DatagramsSent)} sent, {Text.Number(edge.DatagramsReceived)} answered");
        }

        if (edge.RttMicros is { } rtt)
        {
            WriteFact("round trip", $"{Text.Micros(rtt.P50)} or less for half of them, {Text.Micros(rtt.P99)} for 99 of 100");
        }

        if (edge.Dialled is { Count: > 0 } dialled)
        {
            WriteFact("dialled", $"{string.Join(", ", dialled.Select(Text.Clean))}; answered by another endpoint, so a load balancer or NAT is between");
        }

        WriteFact("seen", $"first {Text.Moment(now, edge.FirstSeen)}, last {Text.Moment(now, edge.LastSeen)} ({Text.Since(now, edge.LastSeen)})");
    }

    private static string ReasonOf(LastFailure failure) => Text.Clean(failure.Reason) switch
    {
        "not told" or "other" or "" => "",
        "abandoned" => "given up by the client ",
        var reason => $"{reason} ",
    };

    private void WriteFact(string name, string text, Colour colour = Colour.Usual) => _screen.WriteText($"  {name,-11}", text, colour);

    private void WriteReports(EdgeAnswer answer)
    {
        _screen.WriteLine();
        _screen.WriteLine(_screen.Paint("Why it is here", Colour.Bold));
        _screen.WriteText("  ", WhoReported(answer));
        foreach (var report in answer.Reports.Take(MostReports))
        {
            WriteReport(answer.Edge, report);
        }

        if (Math.Max(0, answer.Reports.Count - MostReports) + answer.ReportsLeftOut is > 0 and var more)
        {
            _screen.WriteLine($"  and {Text.Count(more, "more report")}: --json has {(answer.ReportsLeftOut > 0 ? "some of them" : "them")}");
        }
    }

    private static string WhoReported(EdgeAnswer answer) => (answer.Edge.Evidence, answer.Reports.Count) switch
    {
        _ when answer.IsUntold => $"Reported by: {Text.Clean(answer.Edge.Evidence)}. This operator tells no more: it is older, or the edge has just left the graph.",
        (_, 0) => "No report is kept of it any more: its counters are from agents that have ended.",
        ("both", _) => "Both ends reported it; each connection is counted once.",
        ("client", _) => "The client's end reported it; no agent saw the server's.",
        ("server", _) => "The server's end reported it; no agent saw the client's.",
        var (evidence, _) => $"Reported by: {Text.Clean(evidence)}.",
    };

    private void WriteReport(Edge edge, EdgeReport report)
    {
        var isServer = report.Role == "server";
        var place = report.NetworkNamespace is "0" or "" ? "" : $" in network namespace {Text.Clean(report.NetworkNamespace)}";
        var process = ProcessOf(report.Process);
        var endpoint = EdgeWords.Endpoint(report.ServerEndpoint);
        var isUdp = edge.Transport == "udp";
        var told = isServer
            ? $"the server's agent on {Text.Clean(report.Hostname)} saw {process}{place} {(isUdp ? "receive" : "accept")} at {endpoint}{(report.Peer is { } peer ? $" from {Text.Clean(peer)}" : "")}"
            : $"the client's agent on {Text.Clean(report.Hostname)} saw {process}{place} {(isUdp ? "send" : "connect")} to {endpoint}";
        _screen.WriteText("  - ", $"{told} since {Text.Moment(now, report.FirstSeen)}, last {Text.Since(now, report.LastSeen)}");
        var details = new List<string> { CountersOf(report, edge.Transport), ResolutionOf(report, isServer) };
        if (report.ServerName is { Length: > 0 } name)
        {
            details.Add($"it knew the address as {Text.Clean(name)}");
        }

        if (report.Dialled.Count > 0)
        {
            details.Add($"it dialled {string.Join(", ", report.Dialled.Select(Text.Clean))}");
        }

        if (report.Process?.Exe is { Length: > 0 } executable)
        {
            details.Add($"executable {Text.Clean(executable)}");
        }

        foreach (var detail in details.Where(detail => detail.Length > 0))
        {
            _screen.WriteText("      ", detail, Colour.Dim);
        }
    }

    private static string ProcessOf(ReportProcess? process) => process?.Pid is { } pid
        ? $"{(Text.Clean(process.Comm) is { Length: > 0 } comm ? comm : "a process")} (pid {pid.ToString(CultureInfo.InvariantCulture)})"
        : "a process that could not be told";

    private static string CountersOf(EdgeReport report, string transport)
    {
        var c = report.Counters;
        var failed = c.Failed > 0 ? $", {Text.Number(c.Failed)} failed" : "";
        var datagrams = transport == "udp" ? $" in {Text.Number(c.DatagramsSent)} and {Text.Number(c.DatagramsReceived)} datagrams" : "";
        var counted = report.Counted ? "" : "; not added, as the other end's report of them is";
        var traffic = transport == "unix" ? "" : $", {Text.Number(c.Closed)} closed, {Text.Bytes(c.BytesSent)} sent and {Text.Bytes(c.BytesReceived)} received{datagrams}";
        return $"{Text.Number(c.Opened)} opened{failed}{traffic}{counted}";
    }

    /// <summary>How the other end was found.</summary>
    private string ResolutionOf(EdgeReport report, bool isServer)
    {
        var since = report.Since is { } at ? $", since {Text.Moment(now, at)}" : "";
        var other = isServer ? "the client" : "the server";
        return Text.Clean(report.ResolvedBy) switch
        {
            "" => "",
            "listener" => $"{other} is who listens at that endpoint{since}",
            "server's report" => $"{other} is who reported to accept there{since}",
            "client's report" => $"{other} is who reported to connect there{since}",
            "handshake" => $"{other} is proved by the handshake's sequence numbers, which both ends saw{since}",
            "address" => $"of {other} only the address is known{since}",
            "limit" => $"folded, as a limit was reached: 'tendril agents' says which",
            var by => $"{other} is named by the {by}{since}",
        };
    }

    private void WriteSamples(IReadOnlyList<EdgeSample> samples)
    {
        if (samples.Count == 0)
        {
            return;
        }

        _screen.WriteLine();
        var table = new Table(
            new Column("sample"), new Column("seen by", Rank: 3), new Column("local"), new Column("remote"), new Column("dialled", Rank: 2),
            new Column("process", Rank: 1), new Column("rtt", Right: true, Rank: 4));
        foreach (var sample in samples.OrderByDescending(sample => sample.Time).Take(MostSamples))
        {
            table.Add(
                Text.Moment(now, sample.Time), $"{Text.Clean(sample.Role)} on {Text.Clean(sample.Host)}", Text.Clean(sample.Local), Text.Clean(sample.Remote),
                Text.Clean(sample.Dialled), $"{Text.Clean(sample.Comm)} ({sample.Pid.ToString(CultureInfo.InvariantCulture)})",
                sample.RttMicros is { } rtt ? Text.Micros(rtt) : "-");
        }

        table.Write(_screen);
    }
}
