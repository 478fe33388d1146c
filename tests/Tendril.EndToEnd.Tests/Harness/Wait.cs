using System.Diagnostics;

namespace Tendril.EndToEnd.Tests.Harness;

/// <summary>Waits for conditions, each with a bound.</summary>
internal static class Wait
{
    /// <summary>Generous, as the machine may be busy: a test that works never waits that long.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(40);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <param name="what">What was waited for, and how things stand, for the message when it does not come.</param>
    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string> what, TimeSpan? bound = null)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > (bound ?? Bound))
            {
                Assert.Fail($"Waited {(bound ?? Bound).TotalSeconds} s in vain for {what()}");
            }

            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }

    public static Task UntilAsync(Func<bool> condition, Func<string> what, TimeSpan? bound = null) =>
        UntilAsync(() => Task.FromResult(condition()), what, bound);
}
