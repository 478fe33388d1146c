using Tendril.Agent.Capture;

namespace Tendril.Agent.Tests.Capture;

public sealed class OpenDependenciesTests
{
    private const ulong Second = 1_000_000_000;
    private readonly OpenDependencies _open = new();
    private ulong _now;

    [Fact]
    public void A_dependency_with_open_connections_at_each_reading_may_have_an_old_one()
    {
        Read((80, 5, 4));
        Assert.False(_open.MayBeOld);
        Read((80, 9, 8));
        Assert.False(_open.MayBeOld);
        Read((80, 9, 8));
        Assert.True(_open.MayBeOld);
        Read((80, 9, 9));
        Assert.False(_open.MayBeOld);
    }

    [Fact]
    public void One_that_had_none_at_one_reading_has_no_old_one_and_one_of_several_is_enough()
    {
        for (var reading = 0ul; reading < 6; reading++)
        {
            Read((80, 10 + reading, 10 + reading - (reading % 2)), (81, 3, 3));
            Assert.False(_open.MayBeOld);
        }

        Read((80, 20, 20), (81, 4, 3));
        Read((80, 20, 20), (81, 4, 3));
        Read((80, 20, 20), (81, 4, 3));
        Assert.True(_open.MayBeOld);
    }

    [Fact]
    public void Readings_close_to_each_other_do_not_make_it_old()
    {
        for (var reading = 0; reading < 10; reading++)
        {
            Read(Second / 10, (80, 5, 4));
        }

        Assert.False(_open.MayBeOld);
    }

    [Fact]
    public void Of_very_many_some_are_taken_for_old()
    {
        Read([.. Enumerable.Range(1, 300).Select(port => ((ushort)port, 1ul, 0ul))]);
        Assert.True(_open.MayBeOld);
    }

    private void Read(params (ushort Port, ulong Opened, ulong Closed)[] dependencies) => Read(Second, dependencies);

    private void Read(ulong after, params (ushort Port, ulong Opened, ulong Closed)[] dependencies)
    {
        _now += after;
        _open.Begin(_now);
        foreach (var (port, opened, closed) in dependencies)
        {
            _open.Read(new DependencyKey { ServerPort = port, Transport = 6 }, new DependencyCounters { Opened = opened, Closed = closed });
        }
    }
}
