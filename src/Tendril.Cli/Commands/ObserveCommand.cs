using System.CommandLine;
using Grpc.Core;
using Grpc.Net.Client;
using Tendril.Cli.Operator;
using Tendril.Cli.Terminal;
using Tendril.Protocol;

namespace Tendril.Cli.Commands;

/// <summary><c>tendril observe</c>: flow events as they happen, one line each, until Ctrl-C or --count.</summary>
internal static class ObserveCommand
{
    private static readonly Option<string?> Service = new("--service", "-s")
    {
        Description = "Only where the client or the server is this service (name or id)",
        HelpName = "NAME",
    };

    private static readonly Option<int?> Port = new Option<int?>("--port", "-p") { Description = "Only this server port", HelpName = "PORT" }.Between(1, 65_535);

    private static readonly Option<string> Kind = new Option<string>("--kind", "-k") { Description = "Only events of this kind" }.Only("opened", "closed", "failed");

    private static readonly Option<int?> Count = new Option<int?>("--count", "-n") { Description = "End after so many events", HelpName = "N" }.Between(1, int.MaxValue);

    private static readonly Option<bool> Json = new("--json") { Description = "One JSON object a line" };

    public static Command Create(ConnectionOptions connection)
    {
        var command = new Command("observe", "Print flow events live: connections opened, closed and failed") { Service, Port, Kind, Count, Json };
        command.SetAction((parsed, cancellation) => RunAsync(parsed, connection, cancellation));
        return command.WithExamples("""
            tendril observe                              everything, until Ctrl-C
            tendril observe --kind failed                connects that fail, as they happen
            tendril observe --service order --port 15432 order and its database
            tendril observe --count 10 --json            ten events for a program to read

            A connection both of whose ends are watched shows twice, once from each side. Events are a sample when there are very
            many of them; the counters of 'tendril graph' are always exact.
            """);
    }

    private static async Task<int> RunAsync(ParseResult parsed, ConnectionOptions connection, CancellationToken cancellation)
    {
        var address = connection.GrpcAddress(parsed);
        var access = connection.Access(parsed, address);
        var request = new ObserveRequest
        {
            Service = parsed.GetValue(Service) ?? "",
            Port = (uint)(parsed.GetValue(Port) ?? 0),
            Kind = parsed.GetValue(Kind) switch
            {
                "opened" => FlowKind.Opened,
                "closed" => FlowKind.Closed,
                "failed" => FlowKind.Failed,
                _ => FlowKind.Unspecified,
            },
        };
        var log = new FlowLog(parsed.GetValue(Json), parsed.GetValue(Count) ?? long.MaxValue);
        try
        {
            await ReadAsync(address, access, request, log, cancellation);
        }
        catch (RpcException fault) when (fault.StatusCode == StatusCode.Cancelled && cancellation.IsCancellationRequested)
        {
            // Ctrl-C is how this command usually ends.
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
        catch (RpcException fault)
        {
            if (!log.IsEmpty)
            {
                log.Summarise();
            }

            throw Explain(fault, address);
        }

        log.Summarise();
        return 0;
    }

    private static async Task ReadAsync(Uri address, OperatorAccess access, ObserveRequest request, FlowLog log, CancellationToken cancellation)
    {
        using var handler = access.Handler(address);
        Metadata headers = access.Authorization is { } authorization ? new() { { "authorization", authorization } } : [];
        using var channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = handler });
        using var call = new Observer.ObserverClient(channel).Observe(request, headers, cancellationToken: cancellation);
        while (!log.IsFull && await call.ResponseStream.MoveNext(cancellation))
        {
            log.Write(call.ResponseStream.Current);
        }
    }

    private static CommandFailedException Explain(RpcException fault, Uri address) => fault.StatusCode switch
    {
        StatusCode.InvalidArgument or StatusCode.NotFound => new(CommandFailedException.WronglyUsed, $"the operator refused: {fault.Status.Detail}", ""),
        StatusCode.Unauthenticated => new(CommandFailedException.Failed, $"the operator refused: {fault.Status.Detail}", OperatorClient.HowToSignIn),
        StatusCode.Unimplemented => new(
            CommandFailedException.Failed, $"what answers at {address.OriginalString} is no Tendril operator, or an older one: it knows no Observe.", HowToReach),
        StatusCode.Unavailable => new(
            CommandFailedException.Failed, $"the operator does not answer at {address.OriginalString}: {fault.Status.DebugException?.Message ?? fault.Status.Detail}", HowToReach),
        _ => new(CommandFailedException.Failed, $"the operator at {address.OriginalString} ended the live events: {Text.Cut(fault.Status.Detail, 300)}", HowToReach),
    };

    private const string HowToReach =
        "Start it (systemctl start tendril-operator; in the sources: scripts/start-tracking.sh), or say where its gRPC port is: --grpc URL, or TENDRIL_OPERATOR_GRPC in the environment.";
}
