using System.Text;
using Tendril.Agent.Capture;
using Tendril.Agent.Names;

namespace Tendril.Agent.Tests.Names;

/// <summary>Which name an address gets, and that hostile traffic cannot make the cache grow.</summary>
public sealed class NameCacheTests
{
    private const ulong Now = 1_000_000_000_000;
    private static readonly Address Address = Address.FromBytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 203, 0, 113, 7]);

    [Fact]
    public void The_process_that_asked_has_its_own_name_for_an_address_that_others_share()
    {
        var cache = new NameCache();
        Learn(cache, pid: 10, "a.example");
        Learn(cache, pid: 11, "b.example");

        Assert.Equal("a.example", cache.Find(1, 10, Address, Now)?.Name);
        Assert.Equal("b.example", cache.Find(1, 11, Address, Now)?.Name);
        Assert.Equal("b.example", cache.Find(1, 12, Address, Now)?.Name);
        Assert.Null(cache.Find(2, 10, Address, Now));
    }

    [Fact]
    public void A_name_ends_when_its_time_is_over()
    {
        var cache = new NameCache();
        Learn(cache, pid: 10, "a.example");

        Assert.NotNull(cache.Find(1, 10, Address, Now + 299_000_000));
        Assert.Null(cache.Find(1, 10, Address, Now + 301_000_000));
    }

    [Fact]
    public void It_never_holds_more_than_it_may()
    {
        var cache = new NameCache(capacity: 100);
        for (uint pid = 1; pid <= 5000; pid++)
        {
            Learn(cache, pid, "a.example");
        }

        Assert.InRange(cache.Count, 1, 100);
        Assert.True(cache.Dropped > 4000);
    }

    private static void Learn(NameCache cache, uint pid, string name)
    {
        byte[] labels = [.. name.Split('.').SelectMany(label => Encoding.ASCII.GetBytes(label).Prepend((byte)label.Length)), 0];
        byte[] message =
        [
            0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, .. labels, 0, 1, 0, 1,
            0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, 203, 0, 113, 7,
        ];
        Assert.True(cache.Learn(new NamePayload { NetnsCookie = 1, Pid = pid, Kind = Name.Dns }, message, Now));
    }
}
