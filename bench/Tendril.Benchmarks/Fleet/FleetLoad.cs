using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Grpc.Core;
using Grpc.Net.Client;
using Tendril.Protocol;

namespace Tendril.Benchmarks.Fleet;

/// <summary>
/// Feeds a running operator as a fleet of agents would: for the dashboard with graphs of thousands of services, and for what happens when there is
/// too much. Ends by itself.
/// </summary>
internal sealed class FleetLoad
{
    /// <summary>An operator takes 64 streams on a connection.</summary>
    private const int AgentsOfConnection = 32;
    private readonly Channel<FleetReports> _reports = Channel.CreateUnbounded<FleetReports>();
    private readonly TextWriter _output;
    private readonly long _begun = Stopwatch.GetTimestamp();
    private int _reported;
    private int _broken;
    private long _updates;

    public FleetLoad(FleetOptions options, TextWriter output)
    {
        (Options, World, _output) = (options, new FleetWorld(options), output);
        var counts = new FleetCounts(options.Rate, options.Failing);
        // As many as can be written at a time, and one to be ready.
        for (int i = 0; i <= Environment.ProcessorCount * 2; i++)
        {
            Return(new FleetReports(World, counts));
        }
    }

    public FleetOptions Options { get; }

    public FleetWorld World { get; }

    /// <summary>Whole seconds since the fleet began.</summary>
    public long Second => (long)Stopwatch.GetElapsedTime(_begun).TotalSeconds;

    public static ulong NowUs => (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1000;

    public static int Run(string[] args)
    {
        var (options, error) = FleetOptions.Read(args);
        if (options is null)
        {
            Console.Error.WriteLine(error);
            return 2;
        }

        try
        {
            return new FleetLoad(options, Console.Out).RunAsync(CancellationToken.None).GetAwaiter().GetResult() ? 0 : 1;
        }
        catch (ArgumentException e)
        {
            Console.Error.WriteLine(e.Message);
            return 2;
        }
    }

    /// <summary>False when some host could not send its full report in time.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        end.CancelAfter(Options.Duration);
        var channels = Enumerable.Range(0, ((World.Hosts - 1) / AgentsOfConnection) + 1).Select(_ => GrpcChannel.ForAddress(Options.Operator)).ToList();
        await Task.WhenAll(Enumerable.Range(0, World.Hosts)
            .Select(host => new FleetAgent(host, this).RunAsync(new Ingest.IngestClient(channels[host / AgentsOfConnection]), end.Token)));
        channels.ForEach(channel => channel.Dispose());
        _output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"fleet: ended after {Stopwatch.GetElapsedTime(_begun).TotalSeconds:0} s; {_updates} dependency updates sent, {_broken} streams broke"));
        return _reported == World.Hosts;
    }

    /// <summary>Waits while all are being written: then it is the operator that is slow.</summary>
    public ValueTask<FleetReports> RentAsync(CancellationToken cancellation) => _reports.Reader.ReadAsync(cancellation);

    public void Return(FleetReports reports) => _reports.Writer.TryWrite(reports);

    public void Sent(int dependencies) => Interlocked.Add(ref _updates, dependencies);

    public void ReportedInFull()
    {
        if (Interlocked.Increment(ref _reported) == World.Hosts)
        {
            _output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"fleet: {World.Hosts} hosts, {World.Services} services and {World.Edges.Count} dependencies are reported in full after {Stopwatch.GetElapsedTime(_begun).TotalSeconds:0.0} s"));
        }
    }

    /// <summary>Only the first is told of: when an operator goes, all break.</summary>
    public void Broke(int host, Exception cause)
    {
        if (Interlocked.Increment(ref _broken) == 1)
        {
            Console.Error.WriteLine($"fleet: the stream of host {host} broke, it tries again: {(cause as RpcException)?.Status.Detail ?? cause.Message}");
        }
    }
}
