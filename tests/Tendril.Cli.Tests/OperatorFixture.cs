using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tendril.Protocol;

namespace Tendril.Cli.Tests;

/// <summary>A real HTTP and gRPC server that answers with the documents in contract/, and with what a test tells it to.</summary>
public sealed class OperatorFixture : IAsyncLifetime
{
    private WebApplication? _app;

    public string Rest => AddressOf(0);

    public string Grpc => AddressOf(1);

    internal ScriptedObserver Observer { get; } = new();

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(Observer);
        _app = builder.Build();
        _app.MapGet("/health", () => new { service = "tendril-operator", status = "healthy" });
        _app.MapGet("/api/dependency-graph", (HttpRequest request) => GraphOf(request));
        _app.MapGet("/empty/api/dependency-graph", () => Results.Text("""{"time":"2026-05-04T10:00:00Z","nodes":[],"edges":[],"stats":{"agents":[]}}""", "application/json"));
        _app.MapGet("/older/api/dependency-graph", () => Results.Text("""{"edges":[],"stats":[]}""", "application/json"));
        _app.MapGet("/broken/api/dependency-graph", () => Results.Text("{ \"nodes\": 5", "application/json"));
        _app.MapGet("/api/services/{id}/impact", (string id) => Document($"impact-{id}.json"));
        _app.MapGet("/api/edges/{id}", (string id) => Document($"edge-{Uri.UnescapeDataString(id).Replace('/', '_')}.json"));
        _app.MapGet("/before/api/dependency-graph", () => Document("graph.json"));
        _app.MapGrpcService<ScriptedObserver>();
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync() => await _app!.DisposeAsync();

    private static IResult GraphOf(HttpRequest request) => ((string?)request.Query["format"], (string?)request.Query["since"]) switch
    {
        (_, "yesterday") => Results.Problem(detail: "since: 'yesterday' is neither a time nor a span like 15m", statusCode: 400, title: "Bad request"),
        (null, _) => Document("graph.json"),
        ({ } format, _) => Results.Text($"{format} of{request.QueryString}\n\u001b[2Jname\u202e", "text/plain"),
    };

    private static IResult Document(string name)
    {
        var path = Path.Combine(CommandLine.SourceDirectory, "contract", name);
        return File.Exists(path) ? Results.Text(File.ReadAllText(path), "application/json") : Results.NotFound();
    }

    private string AddressOf(int port) => _app!.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ElementAt(port);
}

/// <summary>Sends the flow events a test gave it, then keeps the call open as a real operator does.</summary>
internal sealed class ScriptedObserver : Observer.ObserverBase
{
    public IReadOnlyList<ObserveReply> Replies { get; set; } = [];

    public ObserveRequest? Request { get; private set; }

    public Status? Refusal { get; set; }

    public override async Task Observe(ObserveRequest request, IServerStreamWriter<ObserveReply> responseStream, ServerCallContext context)
    {
        Request = request;
        if (Refusal is { } refusal)
        {
            throw new RpcException(refusal);
        }

        foreach (var reply in Replies)
        {
            await responseStream.WriteAsync(reply, context.CancellationToken);
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.CancellationToken);
    }
}
