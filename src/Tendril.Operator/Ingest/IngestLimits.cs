using Grpc.Core;

namespace Tendril.Operator.Ingest;

/// <summary>
/// The bounds of what an agent may send. Longer texts are cut, single bad items are counted and left out; a message that
/// breaks a bound as a whole ends the call with the field's name.
/// </summary>
internal static class IngestLimits
{
    public const uint ProtocolVersion = 1;
    public const int MessageBytes = 4 * 1024 * 1024;
    public const int Capabilities = 64;
    public const int HostAddresses = 1_024;
    public const int Processes = 16_384;
    public const int Listeners = 16_384;
    public const int Dependencies = 65_536;
    public const int WireInterfaces = 64;
    public const int OverflowMaps = 64;
    public const int Programs = 64;
    public const int FlowEvents = 8_192;
    public const int Arguments = 64;
    public const int Labels = 32;
    public const int RttBuckets = 20;
    public const int NameLength = 255;
    public const int PathLength = 4_096;
    public const int UnixPathLength = 108;
    public const int ArgumentLength = 1_024;
    public const int DetailLength = 1_024;

    /// <summary>A Hello that does not come within this time holds a connection for nothing.</summary>
    public static readonly TimeSpan HelloWithin = TimeSpan.FromSeconds(10);

    /// <summary>An agent that does not read gets no more time than this when its stream ends.</summary>
    public static readonly TimeSpan LastWriteWithin = TimeSpan.FromMilliseconds(250);

    public static void Require(bool holds, string field, string expected)
    {
        if (!holds)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"{field}: {expected}"));
        }
    }

    public static void RequireCount(int count, int most, string field) =>
        Require(count <= most, field, $"{count} items in one message, at most {most} are taken; send them in several messages");

    /// <summary>At most so many characters, and never half of one that takes two.</summary>
    public static string Cut(string text, int length) => text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
