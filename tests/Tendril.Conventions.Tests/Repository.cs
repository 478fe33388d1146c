using System.Diagnostics;
using System.Reflection;

namespace Tendril.Conventions.Tests;

/// <summary>The checkout these tests were built in: its files, without what is built or downloaded.</summary>
internal static class Repository
{
    private static readonly string[] NotOurs = [".git", ".run", "artifacts", "bin", "node_modules", "obj", "BenchmarkDotNet.Artifacts", "TestResults"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static string Root { get; } = Metadata("RepositoryRoot");

    /// <summary>Relative paths with forward slashes, of files.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. List(new DirectoryInfo(Root)).Select(Relative).Order(StringComparer.Ordinal)];

    public static IReadOnlyList<string> Folders { get; } = [.. Files.SelectMany(Parents).Distinct().Order(StringComparer.Ordinal)];

    public static IEnumerable<string> Documents =>
        Files.Where(file => file is "README.md" or "SECURITY.md" or "demo/README.md" || (file.StartsWith("docs/", StringComparison.Ordinal) && file.EndsWith(".md", StringComparison.Ordinal)));

    public static IEnumerable<string> In(string folder, params string[] extensions) =>
        Files.Where(file => file.StartsWith(folder + "/", StringComparison.Ordinal) && (extensions.Length == 0 || extensions.Contains(Path.GetExtension(file))));

    public static string Read(string file) => File.ReadAllText(Full(file));

    public static string Full(string file) => Path.Combine(Root, file);

    /// <summary>What the built `tendril` prints.</summary>
    public static Task<string> CommandLineAsync(params string[] arguments) => RunAsync(Metadata("CommandLine"), arguments);

    /// <summary>What a program prints; one that fails makes the test fail with its words.</summary>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Root })!;
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            await process.WaitForExitAsync(patience.Token);
            Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: exit code {process.ExitCode}\n{await errors}{await output}");
            return await output;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    private static IEnumerable<string> List(DirectoryInfo directory) =>
        directory.EnumerateFiles().Select(file => file.FullName)
            .Concat(directory.EnumerateDirectories().Where(inner => !NotOurs.Contains(inner.Name) && inner.LinkTarget is null).SelectMany(List));

    private static string Relative(string file) => Path.GetRelativePath(Root, file).Replace('\\', '/');

    private static IEnumerable<string> Parents(string file)
    {
        for (var end = file.LastIndexOf('/'); end > 0; end = file.LastIndexOf('/', end - 1))
        {
            yield return file[..end];
        }
    }

    private static string Metadata(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(metadata => metadata.Key == key).Value!;
}
