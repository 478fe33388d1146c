using Tendril.Agent.Capture;
using Tendril.Agent.Names;
using static Tendril.Fuzz.Target;

namespace Tendril.Fuzz.Targets;

/// <summary>What the agent reads of packets.</summary>
internal static class NetworkTargets
{
    public static IReadOnlyList<Target> All { get; } =
    [
        new("dns", Payload.Length, Dns, "\xC0\x0C", "\0\x01\0\x01", "\0\x05\0\x01", "\0\x1C\0\x01", "\0\x04\xCB\0\x71\x07", "\x81\x80\0\x01\0\x01", "\x03www\x07example\x03com\0"),
        new("tls", Payload.Length, Tls, "\x16\x03\x01", "\x01\0\0", "\x03\x03", "\0\0\0\x0E\0\x0C\0\0\x09", "\0\0", "\0\x10", "localhost", "127.0.0.1", "example.com."),
    ];

    private static void Dns(ReadOnlySpan<byte> message)
    {
        var told = 0;
        var found = DnsAnswer.Read(message, (string name, in Address _, uint _) =>
        {
            told++;
            HoldName(name);
        });
        Hold(found == told && found <= 64);
        // A datagram that is cut tells no more than the whole.
        Hold(message.IsEmpty || DnsAnswer.Read(message[..^1], (string _, in Address _, uint _) => { }) <= found);
        Learn(message, Name.Dns, found > 0);
    }

    private static void Tls(ReadOnlySpan<byte> record)
    {
        var name = TlsHello.ReadServerName(record);
        if (name is not null)
        {
            HoldName(name);
            Hold(!System.Net.IPAddress.TryParse(name, out _));
        }

        // A record that is cut tells the same or nothing.
        Hold(TlsHello.ReadServerName(record[..(record.Length / 2)]) is not { } cut || cut == name);
        Learn(record, Name.Tls, name is not null);
    }

    private static void HoldName(string name) => Hold(HostName.IsValid(name) && !name.Any(char.IsAsciiLetterUpper), name);

    private static void Learn(ReadOnlySpan<byte> payload, Name kind, bool tells)
    {
        const ulong Now = 1_700_000_000_000_000;
        var cache = new NameCache(capacity: 8);
        Hold(cache.Learn(new NamePayload { Kind = kind, NetnsCookie = 1, Pid = 2 }, payload, Now) == tells);
        Hold(cache.Count <= 8 && (cache.Count > 0) == tells);
    }
}
