using System.Text;
using Microsoft.Extensions.Time.Testing;
using Tendril.Agent.Capture;
using Tendril.Agent.Dependencies;
using Tendril.Agent.Identity;
using Tendril.Agent.Tests.Identity;

namespace Tendril.Agent.Tests.Dependencies;

public sealed class ListenerTableTests : IDisposable
{
    private readonly FakeProc _fake = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ProcessTable _processes;
    private readonly ListenerTable _listeners;

    public ListenerTableTests()
    {
        _processes = new(new ProcReader(_fake.Root, new Discretion(Words: true, [])), new CgroupPaths(null, _time), _time);
        _listeners = new(_processes, new UnixPaths());
    }

    public void Dispose() => _fake.Dispose();

    [Theory]
    [InlineData(100)]
    [InlineData(10_000)]
    public void Who_came_and_went_between_two_readings_is_told_of_or_counted(int many)
    {
        _fake.Start(10, "/usr/bin/app");
        var number = _processes.Observe(10, Encoding.UTF8.GetBytes("app"), 7, 1);
        for (var i = 1; i <= many; i++)
        {
            _listeners.NoteBeginning(new ServiceKey { Port = (ushort)i, Transport = 6 }, (ulong)i, number, 1_000_000);
        }

        _listeners.Begin(new ReadingTime(2_000_000, 2_000_000_000));
        _listeners.End();
        var told = new List<Protocol.Listener>();
        _listeners.TakeChanged(told);

        Assert.Equal(many, (told.Count / 2) + (int)_listeners.Untold);
        Assert.Equal(told.Count / 2, told.Count(listener => listener.Open));
        Assert.True(many > 1_000 ? _listeners.Untold > 0 : _listeners.Untold == 0);
    }
}
