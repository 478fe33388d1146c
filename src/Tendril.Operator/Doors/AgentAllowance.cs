using Grpc.Core;
using Tendril.Operator.Ingest;
using Tendril.Protocol;

namespace Tendril.Operator.Doors;

/// <summary>
/// How much one agent may send: an agent that is broken, or not one of ours, does not take the operator's time from the others. Ten seconds' worth
/// is saved up, so that a full report after a reconnect passes at once.
/// </summary>
internal sealed class AgentAllowance(OperatorOptions options, Rejections rejections, TimeProvider clock)
{
    private const double SavedSeconds = 10;
    private readonly Allowance _messages = new(options.MaxAgentMessages, options.MaxAgentMessages * SavedSeconds, clock);
    private readonly Allowance _bytes = new(options.MaxAgentBytes, options.MaxAgentBytes * SavedSeconds, clock);

    /// <summary>How near it is to being refused, in messages a second: the limit is reached when the last of what was saved up is gone.</summary>
    public long UsedMessages => (long)(_messages.Spent / SavedSeconds);

    /// <summary>The same in bytes.</summary>
    public long UsedBytes => (long)(_bytes.Spent / SavedSeconds);

    /// <exception cref="RpcException">It sent more than it may.</exception>
    public void Take(AgentMessage message)
    {
        if (!_messages.TryTake(1))
        {
            throw Refused(Rejections.AgentMessages, $"more than {options.MaxAgentMessages} messages a second for {SavedSeconds} s; is this an agent of Tendril? --max-agent-messages of the operator sets it");
        }

        if (!_bytes.TryTake(message.CalculateSize()))
        {
            throw Refused(Rejections.AgentBytes, $"more than {options.MaxAgentBytes} bytes a second for {SavedSeconds} s; --max-agent-bytes of the operator sets it");
        }
    }

    private RpcException Refused(string kind, string reason)
    {
        rejections.Add(kind);
        return new(new Status(StatusCode.ResourceExhausted, reason));
    }
}
