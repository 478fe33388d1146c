namespace Tendril.Graph;

/// <summary>Why a connect never became a connection. The numbers are the wire's.</summary>
public enum FailureReason : byte
{
    /// <summary>The agent's kernel does not tell.</summary>
    NotTold = 0,

    /// <summary>Nobody listens there.</summary>
    Refused = 1,

    /// <summary>No answer for as long as the kernel tries.</summary>
    TimedOut = 2,

    /// <summary>No way there.</summary>
    Unreachable = 3,

    /// <summary>The client closed the socket before there was an answer.</summary>
    Abandoned = 4,

    /// <summary>Another error.</summary>
    Other = 5,
}

/// <summary>The words for reasons.</summary>
public static class FailureReasonText
{
    private static readonly string[] Texts = ["not told", "refused", "timed out", "unreachable", "abandoned", "other"];

    /// <summary>"not told", "refused", "timed out", "unreachable", "abandoned" or "other".</summary>
    public static string Text(this FailureReason reason) => Texts[Math.Min((int)reason, Texts.Length - 1)];
}

/// <summary>Where a name for an outside address was seen. The numbers are the wire's.</summary>
public enum NameSource : byte
{
    /// <summary>There is none.</summary>
    None = 0,

    /// <summary>A DNS answer.</summary>
    Dns = 1,

    /// <summary>The server name in a TLS client's hello.</summary>
    Tls = 2,
}

/// <summary>Cumulative counters that most dependencies have none of.</summary>
/// <param name="Refused">Part of <see cref="Counters.Failed"/>, as the next three are.</param>
/// <param name="TimedOut">No answer came.</param>
/// <param name="Unreachable">There was no way there.</param>
/// <param name="Abandoned">The client gave up.</param>
/// <param name="DatagramsSent">UDP, seen from the reporting side.</param>
/// <param name="DatagramsReceived">UDP, seen from the reporting side.</param>
public readonly record struct RareCounters(
    long Refused, long TimedOut, long Unreachable, long Abandoned, long DatagramsSent = 0, long DatagramsReceived = 0);

/// <summary>
/// What is said of a dependency beside its counters. Apart from them, because there is one dependency for each edge or more and most
/// have nothing of this. Immutable.
/// </summary>
public sealed record DependencyDetails
{
    /// <summary>Failures by reason, datagrams.</summary>
    public RareCounters Counters { get; init; }

    /// <summary>Why the last connect that failed did.</summary>
    public FailureReason LastFailure { get; init; }

    /// <summary>When that was; null: none failed.</summary>
    public DateTimeOffset? LastFailed { get; init; }

    /// <summary>The name under which the client came to know the server's address; null: none was seen.</summary>
    public string? ServerName { get; init; }

    /// <summary>Where that name was seen.</summary>
    public NameSource ServerNameSource { get; init; }

    /// <summary>Unix: the server's path, "/run/app.sock" or "@name"; else null.</summary>
    public string? Path { get; init; }

    /// <summary>Takes the larger of each counter, the later of two failures and the newer of two names.</summary>
    internal DependencyDetails Merge(DependencyDetails other, bool isNewer)
    {
        var named = ServerName is null || (isNewer && other.ServerName is not null) ? other : this;
        var later = (other.LastFailed, other.LastFailure).CompareTo((LastFailed, LastFailure)) > 0 ? other : this;
        var merged = this with
        {
            Counters = CounterArithmetic.Max(Counters, other.Counters),
            LastFailure = later.LastFailure,
            LastFailed = later.LastFailed,
            ServerName = named.ServerName,
            ServerNameSource = named.ServerNameSource,
            Path = Path ?? other.Path,
        };
        return merged == this ? this : merged;
    }
}
