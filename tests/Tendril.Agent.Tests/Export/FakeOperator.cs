using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tendril.Protocol;

namespace Tendril.Agent.Tests.Export;

/// <summary>The other end of the stream: a real gRPC server on a port of its own that keeps what it is told.</summary>
internal sealed class FakeOperator : Ingest.IngestBase, IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeOperator(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(this);
        _app = builder.Build();
        _app.MapGrpcService<FakeOperator>();
    }

    public int Port { get; private set; }

    public ConcurrentQueue<AgentMessage> Received { get; } = [];

    /// <summary>Thrown in place of a welcome.</summary>
    public RpcException? Refusal { get; init; }

    public uint ProtocolVersion { get; init; } = 1;

    /// <summary>Neither welcomes nor reads.</summary>
    public bool Silent { get; init; }

    public bool Acknowledges { get; init; } = true;

    public uint? Budget { get; init; }

    /// <summary>Says more than this release's agents know: fields of a number that nothing has, and a message of another kind.</summary>
    public bool IsLater { get; init; }

    public int Calls { get; private set; }

    public IEnumerable<Report> Reports => Received.Where(message => message.Report is not null).Select(message => message.Report);

    public int FlowEvents => Received.Sum(message => message.FlowEvents?.Events.Count ?? 0);

    public static async Task<FakeOperator> StartAsync(int port = 0, Func<int, FakeOperator>? create = null)
    {
        var fake = create?.Invoke(port) ?? Create(port);
        await fake._app.StartAsync();
        var address = fake._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        fake.Port = new Uri(address).Port;
        return fake;
    }

    public static FakeOperator Create(int port, RpcException? refusal = null, uint version = 1, bool silent = false, bool acknowledges = true, uint? budget = null, bool later = false)
        => new(port) { Refusal = refusal, ProtocolVersion = version, Silent = silent, Acknowledges = acknowledges, Budget = budget, IsLater = later };

    public override async Task Connect(IAsyncStreamReader<AgentMessage> requestStream, IServerStreamWriter<OperatorMessage> responseStream, ServerCallContext context)
    {
        Calls++;
        await requestStream.MoveNext();
        Received.Enqueue(requestStream.Current);
        if (Refusal is not null)
        {
            throw Refusal;
        }

        if (Silent)
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }

        await responseStream.WriteAsync(new OperatorMessage { Welcome = Later(new Welcome { ProtocolVersion = ProtocolVersion, OperatorVersion = "9.9" }) });
        if (IsLater)
        {
            await responseStream.WriteAsync(Later(new OperatorMessage()));
        }

        if (Budget is { } budget)
        {
            await responseStream.WriteAsync(new OperatorMessage { FlowEventBudget = new FlowEventBudget { EventsPerSecond = budget } });
        }

        await foreach (var message in requestStream.ReadAllAsync(context.CancellationToken))
        {
            Received.Enqueue(message);
            if (message.Report is { } report && Acknowledges)
            {
                await responseStream.WriteAsync(new OperatorMessage { Acknowledgement = Later(new Acknowledgement { Sequence = report.Sequence }) });
            }
        }
    }

    // Field 1000, a number, and 1001, a text.
    private T Later<T>(T message)
        where T : IMessage
    {
        if (IsLater)
        {
            message.MergeFrom([0xc0, 0x3e, 0x07, 0xca, 0x3e, 0x05, .. "later"u8]);
        }

        return message;
    }

    /// <summary>Ends as a killed process does: connections break.</summary>
    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
