using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;

namespace Tendril.Graph;

/// <summary>Connects that failed, by reason; <paramref name="Other"/> is what is left of all.</summary>
public sealed record EdgeFailures(long Refused, long TimedOut, long Unreachable, long Abandoned, long Other)
{
    internal static EdgeFailures None { get; } = new(0, 0, 0, 0, 0);

    internal static EdgeFailures Of(long failed, in RareCounters counters)
    {
        var told = counters.Refused + counters.TimedOut + counters.Unreachable + counters.Abandoned;
        return failed == 0 && told == 0 ? None : new(
            counters.Refused, counters.TimedOut, counters.Unreachable, counters.Abandoned, Math.Max(0, failed - told));
    }
}

/// <summary>The last connect that failed.</summary>
/// <param name="Reason">"refused", "timed out", "unreachable", "abandoned", "other", or "not told" where the kernel gives no reason.</param>
/// <param name="At">When.</param>
public sealed record LastFailure(
    [property: AllowedValues("refused", "timed out", "unreachable", "abandoned", "other", "not told")] string Reason, DateTimeOffset At)
{
    internal static LastFailure? Of(DependencyState dependency) =>
        dependency.Details is { LastFailed: { } at } details && at.UtcTicks >= (dependency.Before?.Since ?? 0)
            ? new LastFailure(details.LastFailure.Text(), at)
            : null;

    internal static LastFailure? Later(LastFailure? one, LastFailure? other) =>
        one is null || (other is not null && (other.At, other.Reason).CompareTo((one.At, one.Reason)) > 0) ? other : one;
}

/// <summary>What most edges have nothing of, apart from them: there are 100,000 edges.</summary>
internal sealed record EdgeDetails
{
    public static EdgeDetails None { get; } = new();

    public EdgeFailures Failures { get; init; } = EdgeFailures.None;

    public LastFailure? LastFailure { get; init; }

    public string? Path { get; init; }

    public long DatagramsSent { get; init; }

    public long DatagramsReceived { get; init; }

    public ImmutableArray<string> Dialled { get; init; } = [];

    /// <summary>By contents: the generated equality compares arrays by reference.</summary>
    public bool Equals(EdgeDetails? other) => ReferenceEquals(this, other)
        || (other is not null && Failures == other.Failures && LastFailure == other.LastFailure && Path == other.Path
            && DatagramsSent == other.DatagramsSent && DatagramsReceived == other.DatagramsReceived && Dialled.AsSpan().SequenceEqual(other.Dialled.AsSpan()));

    public override int GetHashCode() => HashCode.Combine(Failures, LastFailure, Path, DatagramsSent, DatagramsReceived, Dialled.Length);
}
