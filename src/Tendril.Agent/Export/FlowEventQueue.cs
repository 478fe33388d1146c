using System.Threading.Channels;
using Google.Protobuf.Collections;
using Tendril.Protocol;

namespace Tendril.Agent.Export;

/// <summary>
/// Flow events on their way to the operator. Bounded: a full queue drops the new event and counts it. One thread writes, the
/// stream's task reads. An event belongs to the queue once it is in it.
/// </summary>
internal sealed class FlowEventQueue
{
    public const int Capacity = 4096;

    private readonly Channel<FlowEvent> _channel = Channel.CreateBounded<FlowEvent>(
        new BoundedChannelOptions(Capacity) { SingleWriter = true, SingleReader = true });

    private long _dropped;

    /// <summary>Events that found no room or were lost with a connection, cumulative: part of <c>Losses.flow_events_dropped</c>.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public bool IsEmpty => _channel.Reader.Count == 0;

    public bool TryAdd(FlowEvent flowEvent)
    {
        if (_channel.Writer.TryWrite(flowEvent))
        {
            return true;
        }

        CountDropped(1);
        return false;
    }

    /// <summary>Moves up to <paramref name="max"/> events into a message.</summary>
    internal void Take(RepeatedField<FlowEvent> into, int max)
    {
        while (into.Count < max && _channel.Reader.TryRead(out var flowEvent))
        {
            into.Add(flowEvent);
        }
    }

    internal void CountDropped(int count) => Interlocked.Add(ref _dropped, count);
}
