using Google.Protobuf;
using Tendril.Agent.Export;
using Tendril.Protocol;

namespace Tendril.Agent.Tests.Export;

public sealed class ReportPackerTests
{
    [Fact]
    public void A_report_is_full_before_it_is_too_large_and_takes_everything_again_once_cleared()
    {
        var packer = new ReportPacker();
        var dependency = new Dependency { ServerAddress = ByteString.CopyFrom(new byte[16]), ServerPort = 8001, Counters = new Counters { Opened = 1 } };
        var count = 0;
        while (packer.TryAdd(dependency))
        {
            count++;
        }

        Assert.InRange(packer.Report.CalculateSize(), ReportPacker.MaxBytes / 2, ReportPacker.MaxBytes);
        Assert.Equal(count, packer.Report.Dependencies.Count);
        Assert.False(packer.TrySet(new Losses { CounterOverflows = { ["dependency_map"] = 1 } }));
        packer.Clear();
        Assert.True(packer.IsEmpty);
        Assert.True(packer.TryAdd(dependency) && packer.TryAdd(new Process { Number = 1 }) && packer.TryAdd(new Listener { Port = 1 })
            && packer.TryAdd(new WireCount { Interface = "lo" }) && packer.TryAdd(new ProgramRuns { Program = "p" }) && packer.TrySet(new Losses { Unattributed = 1 }));
    }

    [Fact]
    public void A_single_item_that_is_too_large_is_sent_alone()
    {
        var packer = new ReportPacker();
        var large = new Process { Exe = new string('x', ReportPacker.MaxBytes) };
        Assert.True(packer.TryAdd(large));
        Assert.False(packer.TryAdd(large));
    }
}
