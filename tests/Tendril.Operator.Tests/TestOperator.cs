using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Tendril.Operator.Naming;
using Tendril.Operator.Tests.Doors;
using Tendril.Protocol;

namespace Tendril.Operator.Tests;

/// <summary>A real operator on free ports. A test in which it logs an error that was not expected fails.</summary>
internal sealed class TestOperator : IAsyncDisposable
{
    public const string MachineId = "0123456789abcdef0123456789abcdef";
    private readonly WebApplication _app;
    private readonly ErrorLog _errors = new();

    private TestOperator(OperatorOptions options, string rules)
    {
        var parsed = RulesFile.Parse(rules, "rules.yaml");
        Assert.Empty(parsed.Errors);
        _app = OperatorHost.Build(options, parsed, logging => logging.ClearProviders().AddProvider(_errors));
    }

    public HttpClient Http { get; private set; } = null!;

    public Uri GrpcAddress { get; private set; } = null!;

    public GrpcChannel Channel { get; private set; } = null!;

    public IServiceProvider Services => _app.Services;

    /// <summary>What was logged as a warning.</summary>
    public IEnumerable<string> Warnings => _errors.Warnings;

    /// <param name="fleet">With TLS: whose authority the clients trust.</param>
    public static async Task<TestOperator> StartAsync(string rules = "rules: []", Action<OperatorOptions>? configure = null, Fleet? fleet = null)
    {
        var options = new OperatorOptions { Http = new(IPAddress.Loopback, 0), Grpc = new(IPAddress.Loopback, 0) };
        configure?.Invoke(options);
        var test = new TestOperator(options, rules);
        await test._app.StartAsync();
        var (http, grpc) = OperatorHost.Addresses(test._app);
        (test.Http, test.GrpcAddress) = (new HttpClient(fleet?.Handler() ?? new SocketsHttpHandler()) { BaseAddress = http, Timeout = TimeSpan.FromSeconds(20) }, grpc);
        test.Channel = fleet?.Channel(grpc) ?? GrpcChannel.ForAddress(grpc);
        return test;
    }

    public async Task<TestAgent> ConnectAsync(Action<Hello>? change = null) => await TestAgent.ConnectAsync(Channel, change);

    /// <summary>The graph, once it is as the condition says; at most ten seconds.</summary>
    public async Task<JsonElement> GraphAsync(Func<JsonElement, bool> until, string query = "")
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        JsonElement graph = default;
        while (!limit.IsCancellationRequested)
        {
            graph = JsonDocument.Parse(await Http.GetStringAsync("/api/dependency-graph" + query, TestContext.Current.CancellationToken)).RootElement;
            if (until(graph))
            {
                return graph;
            }

            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        throw new InvalidOperationException("the graph never came to be as expected: " + graph);
    }

    public async Task<JsonElement> JsonAsync(string path) =>
        JsonDocument.Parse(await Http.GetStringAsync(path, TestContext.Current.CancellationToken)).RootElement;

    /// <summary>A metric without labels, once it is as the condition says; at most three minutes, as saves of a busy machine are far apart.</summary>
    public async Task<double> MetricAsync(string name, Predicate<double> until)
    {
        var last = "";
        for (var begun = System.Diagnostics.Stopwatch.GetTimestamp(); System.Diagnostics.Stopwatch.GetElapsedTime(begun) < TimeSpan.FromMinutes(3);)
        {
            last = await Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
            var line = last.Split('\n').SingleOrDefault(line => line.StartsWith(name + " ", StringComparison.Ordinal));
            if (line is not null && double.Parse(line[(name.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture) is var value && until(value))
            {
                return value;
            }

            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        throw new InvalidOperationException($"{name} never came to be as expected: {string.Join('\n', last.Split('\n').Where(line => line.StartsWith(name, StringComparison.Ordinal)))}");
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Assert.True(_errors.Entries.IsEmpty, string.Join("\n", _errors.Entries));
    }

    private sealed class ErrorLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Entries { get; } = new();

        public ConcurrentQueue<string> Warnings { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            (logLevel >= LogLevel.Error ? Entries : Warnings).Enqueue($"{formatter(state, exception)} {exception}");
        }

        public void Dispose()
        {
        }
    }
}
