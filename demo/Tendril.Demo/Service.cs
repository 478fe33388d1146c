using System.Net;
using Npgsql;

namespace Tendril.Demo;

/// <summary>One microservice: an HTTP server on 127.0.0.1 that does nothing but what its routes say.</summary>
/// <param name="Name">Its role on the command line.</param>
/// <param name="Port">Where it listens.</param>
/// <param name="Map">Registers what it needs before the server is built and gives back what adds its routes.</param>
/// <param name="Prepare">Work before it listens: tables, first rows.</param>
internal sealed record Service(string Name, int Port, Func<IServiceCollection, Action<WebApplication>> Map, Func<WebApplication, Task>? Prepare = null)
{
    /// <summary>Serves until SIGTERM or SIGINT.</summary>
    public async Task RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, Port));
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        var mapRoutes = Map(builder.Services);

        await using var app = builder.Build();
        app.Use(AnswerFaultsAsync);
        mapRoutes(app);
        if (Prepare is not null)
        {
            await Prepare(app);
        }

        await app.RunAsync();
    }

    /// <summary>A dependency that is down makes the caller answer 502, as in any shop, not fall over.</summary>
    private async Task AnswerFaultsAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception fault) when (fault is HttpRequestException or NpgsqlException or StackExchange.Redis.RedisException or TaskCanceledException)
        {
            if (context.RequestAborted.IsCancellationRequested || context.Response.HasStarted)
            {
                return;
            }

            await Results.Problem($"{Name}: {fault.Message}", statusCode: StatusCodes.Status502BadGateway).ExecuteAsync(context);
        }
    }
}
