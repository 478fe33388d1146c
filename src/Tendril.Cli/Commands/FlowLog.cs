using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tendril.Cli.Terminal;
using Tendril.Protocol;

namespace Tendril.Cli.Commands;

/// <summary>Prints flow events, for people or for programs, and keeps count of them and of what was lost.</summary>
internal sealed class FlowLog(bool json, long limit)
{
    private long _shown;
    private ulong _lost;

    /// <summary>As many were shown as asked for.</summary>
    public bool IsFull => _shown >= limit;

    public bool IsEmpty => _shown == 0;

    public void Write(ObserveReply reply)
    {
        _lost = Math.Max(_lost, reply.Lost);
        if (reply.Event is null)
        {
            return;
        }

        var line = FlowLine.Of(reply);
        Screen.Output.WriteLine(json ? JsonSerializer.Serialize(line, FlowJson.Default.FlowLine) : Format(line));
        Screen.Output.Flush();
        _shown++;
    }

    /// <summary>To standard error, so that what reads the events does not read this.</summary>
    public void Summarise() => Console.Error.WriteLine(
        $"{Text.Count(_shown, "event")} shown, {Text.Number((long)Math.Min(_lost, long.MaxValue))} lost on the way{(_lost > 0 ? " (they came faster than they could be sent; filters help)" : "")}");

    private static string Format(FlowLine line)
    {
        var time = TimeZoneInfo.ConvertTime(line.Time, TimeProvider.System.LocalTimeZone).ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
        var kind = Screen.Output.Paint(line.Kind.PadRight(6), line.Kind switch
        {
            "opened" => Colour.Green,
            "failed" => Colour.Red,
            _ => Colour.Dim,
        });
        // A server nobody has named yet is called by its address, port included.
        var port = string.Create(CultureInfo.InvariantCulture, $":{line.Port}");
        var pair = $"{line.Client} -> {line.Server}{(line.Server.EndsWith(port, StringComparison.Ordinal) ? "" : port)}";
        var numbers = line.Kind == "closed" ? $"  {Text.Bytes(line.BytesSent)} out, {Text.Bytes(line.BytesReceived)} in" : "";
        numbers += line.DurationMicros > 0 ? $"  took {Text.Micros(line.DurationMicros)}" : "";
        numbers += line.RttMicros > 0 ? $"  rtt {Text.Micros(line.RttMicros)}" : "";
        numbers += line.Dialled is { } dialled ? $"  dialled {dialled}" : "";
        return $"{time}  {line.Host}  {kind}  {pair}  seen by {line.SeenBy}{numbers}";
    }
}

/// <summary>One flow event, from the client's point of view whoever reported it.</summary>
internal sealed record FlowLine(
    DateTimeOffset Time, string Host, string Kind, string Client, string Server, uint Port, string Transport, string SeenBy, uint Pid, string Comm,
    ulong BytesSent, ulong BytesReceived, ulong DurationMicros, uint RttMicros, uint Retransmits, string? Dialled)
{
    private const int LongestName = 60;

    private static readonly DateTimeOffset LatestTime = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static FlowLine Of(ObserveReply reply)
    {
        var flow = reply.Event;
        var isServer = flow.Role == Role.Server;
        var process = $"{NameOf(flow.Comm, "process")}[{flow.Pid}]";
        var client = isServer ? AddressOf(flow.RemoteAddress.Span) : process;
        var server = AddressOf((isServer ? flow.LocalAddress : flow.RemoteAddress).Span);
        return new FlowLine(
            TimeOf(flow.TimeUs), NameOf(reply.Host, "-"), KindOf(flow.Kind), NameOf(reply.Client, client), NameOf(reply.Server, server),
            isServer ? flow.LocalPort : flow.RemotePort, flow.Transport == Protocol.Transport.Udp ? "udp" : "tcp", isServer ? "server" : "client",
            flow.Pid, Text.Clean(flow.Comm), isServer ? flow.BytesReceived : flow.BytesSent, isServer ? flow.BytesSent : flow.BytesReceived,
            flow.DurationUs, flow.RttUs, flow.Retransmits,
            flow.DialledAddress.IsEmpty ? null : $"{AddressOf(flow.DialledAddress.Span)}:{flow.DialledPort.ToString(CultureInfo.InvariantCulture)}");
    }

    private static string NameOf(string name, string otherwise) => Text.Clean(name) is { Length: > 0 } clean ? Text.Cut(clean, LongestName) : otherwise;

    private static string KindOf(FlowKind kind) => kind switch
    {
        FlowKind.Opened => "opened",
        FlowKind.Closed => "closed",
        FlowKind.Failed => "failed",
        _ => "other",
    };

    private static DateTimeOffset TimeOf(ulong micros) =>
        micros < (ulong)((LatestTime - DateTimeOffset.UnixEpoch).Ticks / 10) ? DateTimeOffset.UnixEpoch.AddTicks((long)micros * 10) : LatestTime;

    private static string AddressOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != 16)
        {
            return "?";
        }

        var address = new IPAddress(bytes);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4().ToString() : $"[{address}]";
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(FlowLine))]
internal sealed partial class FlowJson : JsonSerializerContext;
