using System.Diagnostics;
using System.Reflection;

namespace Tendril.Cli.Tests;

/// <summary>What a run of <c>tendril</c> said.</summary>
internal sealed record Run(int ExitCode, string Output, string Errors);

/// <summary>
/// Runs the real command line as a process: the one just built, or the published native one that TENDRIL_CLI names. Time zone and colour are
/// fixed; the environment's own TENDRIL_ settings do not get in.
/// </summary>
internal static class CommandLine
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static string SourceDirectory { get; } = Metadata("SourceDirectory");

    public static string Program { get; } = Environment.GetEnvironmentVariable("TENDRIL_CLI") is { Length: > 0 } given ? given : Metadata("CommandLine");

    public static Process Start(string[] arguments, params (string Name, string? Value)[] environment) => Start(Program, arguments, environment);

    public static Task<Run> RunAsync(string[] arguments, params (string Name, string? Value)[] environment) => RunAsync(Program, arguments, environment);

    public static async Task<Run> RunAsync(string program, string[] arguments, (string Name, string? Value)[] environment)
    {
        using var process = Start(program, arguments, environment);
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return new Run(process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    private static Process Start(string program, string[] arguments, (string Name, string? Value)[] environment)
    {
        // A job that a script runs in the background ignores SIGINT, and so do its children: env undoes that.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in new[] { ("TZ", "UTC"), ("COLUMNS", null), ("TENDRIL_OPERATOR", null), ("TENDRIL_OPERATOR_GRPC", null), ("TENDRIL_TOKEN_FILE", null), ("TENDRIL_CA_FILE", null) }.Concat(environment))
        {
            start.Environment.Remove(name);
            if (value is not null)
            {
                start.Environment[name] = value;
            }
        }

        return Process.Start(start)!;
    }

    private static string Metadata(string key) =>
        typeof(CommandLine).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(metadata => metadata.Key == key).Value!;
}
