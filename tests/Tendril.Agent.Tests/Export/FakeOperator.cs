using System.Collections.Concurrent;
using System.Net;
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

    public static FakeOperator Create(int port, RpcException? refusal = null, uint version = 1, bool silent = false, bool acknowledges = true, uint? budget = null)
        => new(port) { Refusal = refusal, ProtocolVersion = version, Silent = silent, Acknowledges = acknowledges, Budget = budget };

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

        await responseStream.WriteAsync(new OperatorMessage { Welcome = new Welcome { ProtocolVersion = ProtocolVersion, OperatorVersion = "9.9" } });
        if (Budget is { } budget)
        {
            await responseStream.WriteAsync(new OperatorMessage { FlowEventBudget = new FlowEventBudget { EventsPerSecond = budget } });
        }

        await foreach (var message in requestStream.ReadAllAsync(context.CancellationToken))
        {
            Received.Enqueue(message);
            if (message.Report is { } report && Acknowledges)
            {
                await responseStream.WriteAsync(new OperatorMessage { Acknowledgement = new Acknowledgement { Sequence = report.Sequence } });
            }
        }
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
