using System.Threading.Channels;
using Tendril.Protocol;

namespace Tendril.Operator.Ingest;

/// <summary>What agents' streams hand to the graph's writer: a report or flow events of one session.</summary>
internal readonly record struct IngestItem(AgentSession Session, ReportBatch? Report, FlowEvents? Flows);

/// <summary>
/// The bounded way from many streams to the one writer. Reports wait for room, which slows the agent down by HTTP/2 flow
/// control; flow events do not wait, they are counted as lost.
/// </summary>
internal sealed class IngestQueue
{
    /// <summary>At most this many 4 MiB messages are held, decoded. One writer applies thousands a second.</summary>
    private const int Capacity = 64;
    private readonly Channel<IngestItem> _items = Channel.CreateBounded<IngestItem>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private long _lostFlowEvents;

    public ChannelReader<IngestItem> Items => _items.Reader;

    /// <summary>Flow events the operator itself had no room for.</summary>
    public long LostFlowEvents => Volatile.Read(ref _lostFlowEvents);

    public ValueTask AddAsync(AgentSession session, ReportBatch report, CancellationToken cancellation) =>
        _items.Writer.WriteAsync(new(session, report, null), cancellation);

    public void Add(AgentSession session, FlowEvents flows)
    {
        if (!_items.Writer.TryWrite(new(session, null, flows)))
        {
            Interlocked.Add(ref _lostFlowEvents, flows.Events.Count);
        }
    }
}
