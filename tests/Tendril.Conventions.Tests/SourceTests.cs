using System.Text.RegularExpressions;

namespace Tendril.Conventions.Tests;

/// <summary>How files look and what things are called.</summary>
public partial class SourceTests
{
    private const int MaxLines = 500;
    private const string Strict = "set -euo pipefail";

    [Fact]
    public void No_file_is_longer_than_500_lines()
    {
        // What a build makes is not in git.
        var files = Repository.In("src").Concat(Repository.In("dashboard/src")).Where(file => !file.EndsWith("/generated.ts", StringComparison.Ordinal)).ToList();
        Assert.True(files.Count > 100);
        Assert.DoesNotContain(files, file => File.ReadLines(Repository.Full(file)).Count() > MaxLines);
    }

    [Fact]
    public void Every_script_is_executable_and_stops_at_the_first_fault_unless_it_is_sourced()
    {
        var scripts = Repository.Files.Where(file => file is ".ci/run" || file.EndsWith(".sh", StringComparison.Ordinal)).ToList();
        var all = string.Join('\n', scripts.Select(Repository.Read));
        Assert.NotEmpty(scripts);
        Faults.AreNone(scripts.Select(file => FaultOf(Repository.Read(file), IsExecutable(file), all.Contains($"/{Path.GetFileName(file)}\"\n", StringComparison.Ordinal)) is { } fault
            ? $"{file}: {fault}" : null).OfType<string>());
    }

    [Theory]
    [InlineData("#!/usr/bin/env bash\nset -euo pipefail\n", true, false, true)]
    [InlineData("#!/usr/bin/env bash\nset -euo pipefail\n", false, false, false)]
    [InlineData("#!/usr/bin/env bash\n# set -euo pipefail\n", true, false, false)]
    [InlineData("set -euo pipefail\n", true, false, false)]
    [InlineData("# shellcheck shell=bash\n", false, true, true)]
    [InlineData("# shellcheck shell=bash\n", true, true, false)]
    [InlineData("# shellcheck shell=bash\n", false, false, false)]
    public void A_careless_script_is_found(string text, bool isExecutable, bool isSourced, bool isRight) =>
        Assert.Equal(isRight, FaultOf(text, isExecutable, isSourced) is null);

    [Fact]
    public void Every_bpf_object_has_the_licence_the_kernel_asks_for()
    {
        var objects = Repository.In("bpf", ".c").ToList();
        Assert.NotEmpty(objects);
        Assert.All(objects, file => Assert.Equal(["Dual BSD/GPL"], Licence().Matches(Repository.Read(file)).Select(match => match.Groups[1].Value)));
    }

    [Fact]
    public void Types_files_and_folders_are_words_of_the_trade()
    {
        var names = Repository.In("src").Concat(Repository.In("dashboard/src")).SelectMany(file => file.Split('/')).Select(part => part.Split('.')[0])
            .Concat(Repository.In("src").Where(file => file.EndsWith(".csproj", StringComparison.Ordinal)).Select(file => Path.GetFileNameWithoutExtension(file).Split('.')[^1]))
            .Concat(Repository.In("src", ".cs").SelectMany(file => Types(Repository.Read(file)))).Distinct().ToList();
        Assert.Contains("DependencyGraph", names);
        Assert.DoesNotContain(names, IsEmptyWord);
    }

    [Theory]
    [InlineData("internal static class StringHelper", true)]
    [InlineData("public sealed record struct GraphManager(", true)]
    [InlineData("static class Utils", true)]
    [InlineData("enum CommonKind", true)]
    [InlineData("interface IPathUtilities", true)]
    [InlineData("class CommandLine", false)]
    public void A_type_that_says_nothing_is_found(string declaration, bool isEmpty) => Assert.Equal([isEmpty], Types(declaration).Select(IsEmptyWord));

    [Fact]
    public async Task The_bpf_programs_are_formatted()
    {
        if (Environment.GetEnvironmentVariable("CI") != "true"
            && !Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(folder => File.Exists(Path.Combine(folder, "clang-format"))))
        {
            Assert.Skip("clang-format is not installed; scripts/install-prerequisites.sh --test installs it");
        }

        await Repository.RunAsync("clang-format", ["--dry-run", "-Werror", .. Repository.In("bpf", ".c", ".h")]);
    }

    private static string? FaultOf(string text, bool isExecutable, bool isSourced)
    {
        if (text.StartsWith("# shellcheck shell=bash\n", StringComparison.Ordinal))
        {
            return isExecutable ? "is to be sourced, but executable" : isSourced ? null : "is to be sourced, but nobody does";
        }

        return !text.StartsWith("#!/usr/bin/env bash\n", StringComparison.Ordinal) ? "does not begin with #!/usr/bin/env bash"
            : !text.Split('\n').Contains(Strict) ? $"lacks {Strict}"
            : !isExecutable ? "is not executable" : null;
    }

    private static bool IsExecutable(string file) => OperatingSystem.IsLinux() && File.GetUnixFileMode(Repository.Full(file)).HasFlag(UnixFileMode.UserExecute);

    private static IEnumerable<string> Types(string source) => Type().Matches(source).Select(match => match.Groups[1].Value);

    private static bool IsEmptyWord(string name) => EmptyWord().IsMatch(name);

    [GeneratedRegex(@"^char LICENSE\[\] SEC\(""license""\) = ""([^""]*)"";", RegexOptions.Multiline)]
    private static partial Regex Licence();

    [GeneratedRegex(@"^[\w \t]*?\b(?:class|enum|interface|record(?: class| struct)?|(?<!record )struct)[ ]+([A-Z]\w*)", RegexOptions.Multiline)]
    private static partial Regex Type();

    [GeneratedRegex(@"Common|(?:Helper|Manager|Util|Utilitie)s?(?![a-z])|^(?:common|helpers?|managers?|utils?|utilities|misc)$")]
    private static partial Regex EmptyWord();
}
