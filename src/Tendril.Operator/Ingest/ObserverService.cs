using Grpc.Core;
using Tendril.Operator.Doors;
using Tendril.Protocol;

namespace Tendril.Operator.Ingest;

/// <summary>Live flow events for the command line.</summary>
internal sealed class ObserverService(FlowFeed feed, AccessGuard guard, OpenStreams streams) : Observer.ObserverBase
{
    public override async Task Observe(ObserveRequest request, IServerStreamWriter<ObserveReply> responseStream, ServerCallContext context)
    {
        guard.RequireViewer(context.GetHttpContext());
        IngestLimits.Require(request.Port <= ushort.MaxValue, "port", "0 for all, or 1 to 65535");
        IngestLimits.Require(Enum.IsDefined(request.Kind), "kind", "one of the FlowKind values, or unspecified for all");
        IngestLimits.Require(request.Service.Length <= IngestLimits.NameLength, "service", "a service's name or id");
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, streams.Ending);
        streams.Track(context.GetHttpContext());
        var observer = feed.TryJoin(new(request.Service, request.Port, request.Kind))
            ?? throw new RpcException(new Status(StatusCode.ResourceExhausted, $"{FlowFeed.MaxObservers} callers observe already; end one of them"));
        try
        {
            await context.WriteResponseHeadersAsync([]);
            await foreach (var flow in observer.Flows.ReadAllAsync(end.Token))
            {
                await responseStream.WriteAsync(
                    new()
                    {
                        Event = flow.Event,
                        Host = flow.Host,
                        Client = flow.Client?.Name ?? "",
                        Server = flow.Server?.Name ?? "",
                        Lost = observer.Lost,
                    },
                    end.Token);
            }
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the operator is stopping"));
        }
        catch (OperationCanceledException)
        {
            // The caller ended the call, which is how it is meant to end.
        }
        finally
        {
            feed.Leave(observer);
        }
    }
}
