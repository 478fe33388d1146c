using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Console;
using Tendril.Graph;
using Tendril.Operator.Api;
using Tendril.Operator.Doors;
using Tendril.Operator.Ingest;
using Tendril.Operator.Memory;
using Tendril.Operator.Metrics;
using Tendril.Operator.Naming;

namespace Tendril.Operator;

/// <summary>Puts the operator together. Program and tests run the same one.</summary>
internal static class OperatorHost
{
    public static WebApplication Build(OperatorOptions options, RulesResult rules, Action<ILoggingBuilder>? configureLogging = null)
    {
        // Empty: no settings are read from places that `--help` does not name.
        var builder = WebApplication.CreateEmptyBuilder(new() { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, options));
        AddLogging(builder.Logging);
        configureLogging?.Invoke(builder.Logging);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.Services.AddSingleton(options).AddSingleton(TimeProvider.System).AddSingleton<GraphClock>().AddSingleton<RequestGuard>()
            .AddSingleton<OpenStreams>().AddHostedService(provider => provider.GetRequiredService<OpenStreams>());
        builder.Services.AddDoors().AddNaming(rules, options).AddGraph(options).AddIngest().AddApi();
        var app = builder.Build();
        // It notes when the operator was started.
        app.Services.GetRequiredService<StatsSource>();
        app.Services.GetRequiredService<OperatorMemory>().Restore();
        app.UseExceptionHandler().UseStatusCodePages();
        app.Use((context, next) => app.Services.GetRequiredService<RequestGuard>().InvokeAsync(context, () => next(context)));
        app.Use((context, next) => app.Services.GetRequiredService<AccessGuard>().InvokeAsync(context, () => next(context)));
        app.UseRouting();
        app.MapGrpcService<IngestService>();
        app.MapGrpcService<ObserverService>();
        app.MapGrpcService<JoiningService>();
        app.MapApi();
        SignInPage.Map(app);
        GraphMetrics.Map(app);
        app.MapApiDescription();
        app.Services.GetRequiredService<Dashboard>().Map(app);
        return app;
    }

    /// <summary>Where a started operator really listens, as ports may be 0 in the options.</summary>
    public static (Uri Http, Uri Grpc) Addresses(WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToList();
        return (new(addresses[0]), new(addresses[1]));
    }

    private static void Listen(KestrelServerOptions kestrel, OperatorOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = 64 * 1024;
        kestrel.Limits.MaxConcurrentConnections = 4_096;
        kestrel.Limits.Http2.MaxStreamsPerConnection = 64;
        // An agent's host that vanished without a word is noticed within a minute.
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(15);
        var certificate = kestrel.ApplicationServices.GetRequiredService<ServerCertificate>();
        kestrel.Listen(options.Http, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            certificate.Use(listen, asksForCertificate: false);
        });
        kestrel.Listen(options.Grpc, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            certificate.Use(listen, asksForCertificate: options.AgentAuthorityFile is not null);
        });
    }

    private static void AddLogging(ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.IncludeScopes = false;
            console.TimestampFormat = "yyyy-MM-dd HH:mm:ss ";
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        // Program tells in one sentence why the start failed; the host would add a stack trace.
        logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Tendril", LogLevel.Information)
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
    }

    private static IServiceCollection AddDoors(this IServiceCollection services) => services
        .AddSingleton<ServerCertificate>().AddSingleton<AgentAuthority>()
        .AddSingleton<Tokens>().AddSingleton<Sessions>().AddSingleton<FailedSignIns>().AddSingleton<IssuingAuthority>().AddSingleton<JoinTokens>().AddSingleton<AccessGuard>();

    private static IServiceCollection AddNaming(this IServiceCollection services, RulesResult rules, OperatorOptions options) => services
        .AddSingleton(new ServiceRegistry(rules.Rules))
        .AddSingleton(OperatorProcess.Current())
        .AddSingleton(provider => new ServiceNaming(
            provider.GetRequiredService<ServiceRegistry>(), provider.GetRequiredService<OperatorProcess>(), options.IncludeSelf));

    private static IServiceCollection AddGraph(this IServiceCollection services, OperatorOptions options) => services
        .AddSingleton(provider => new DependencyGraph(
            new()
            {
                IdleAfter = options.IdleAfter,
                GoneAfter = options.GoneAfter,
                RetainGone = options.RetainGone,
                MaxEdges = options.MaxEdges,
                MaxExternal = options.MaxExternal,
                MaxAddressesPerService = options.MaxAddressesPerService,
                MaxDependencies = options.MaxDependencies,
                MaxProcessesPerRun = options.MaxProcesses,
            },
            provider.GetRequiredService<ServiceNaming>().NameUnresolved,
            provider.GetRequiredService<GraphClock>().GetUtcNow()));

    private static IServiceCollection AddIngest(this IServiceCollection services)
    {
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = IngestLimits.MessageBytes;
            grpc.MaxSendMessageSize = IngestLimits.MessageBytes;
            grpc.EnableDetailedErrors = false;
            // Else any POST of two path segments would be taken for a gRPC call.
            grpc.IgnoreUnknownServices = true;
        });
        return services.AddSingleton<Rejections>().AddSingleton<IngestCounters>().AddSingleton<AgentRegistry>().AddSingleton<IngestQueue>()
            .AddSingleton<ReportReader>().AddSingleton<HostRuns>().AddSingleton<FlowFeed>().AddSingleton<GraphFeed>().AddSingleton<EdgeQuestions>()
            .AddSingleton<Marks>().AddSingleton<OperatorMemory>().AddHostedService<GraphWriter>();
    }

    private static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.AddRouting();
        services.AddProblemDetails();
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
            json.SerializerOptions.NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict;
        });
        services.AddApiDescription();
        return services.AddSingleton<StatsSource>().AddSingleton<GraphJsonCache>().AddSingleton<GraphStream>().AddSingleton<FlowStream>().AddSingleton<EventAnswer>().AddSingleton<GraphMetrics>()
            .AddSingleton<Dashboard>();
    }
}
