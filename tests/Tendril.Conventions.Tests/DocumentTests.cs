using System.IO.Enumeration;
using System.Text.RegularExpressions;

namespace Tendril.Conventions.Tests;

/// <summary>What README.md, SECURITY.md, docs/ and demo/README.md name is there.</summary>
public partial class DocumentTests
{
    [Fact]
    public void Every_link_leads_somewhere() =>
        Faults.AreNone(Repository.Documents.SelectMany(document => DeadLinks(document, Repository.Read(document))));

    [Fact]
    public void Every_path_and_file_that_is_named_exists() =>
        Faults.AreNone(Repository.Documents.SelectMany(document => MissingPaths(Repository.Read(document)).Select(path => $"{document} names {path}")));

    [Theory]
    [InlineData("see [this](docs/no.md)", "docs/no.md")]
    [InlineData("![a](no.png)", "no.png")]
    [InlineData("[a](README.md#top) [b](https://example.org/no) [c](#here)", null)]
    public void A_dead_link_is_found(string text, string? dead) =>
        Assert.Equal(dead is null ? [] : [$"README.md links to {dead}"], DeadLinks("README.md", text));

    [Theory]
    [InlineData("run `scripts/no.sh --demo`, then", "scripts/no.sh")]
    [InlineData("    sudo scripts/no.sh", "scripts/no.sh")]
    [InlineData("in `Capture/No.cs`.", "Capture/No.cs")]
    [InlineData("`src/Tendril.No`", "src/Tendril.No")]
    [InlineData("`bpf/*.no.c`", "bpf/*.no.c")]
    [InlineData("`bpf/*.bpf.c`, `maps.h` and scripts/test.sh. `src/Tendril.Agent/` /opt/src/no.c", null)]
    public void A_path_that_is_not_there_is_found(string text, string? missing) => Assert.Equal(missing is null ? [] : [missing], MissingPaths(text));

    private static IEnumerable<string> DeadLinks(string document, string text) =>
        Link().Matches(text).Select(match => match.Groups[1].Value.Split('#')[0])
            .Where(target => target.Length > 0 && !target.Contains("://", StringComparison.Ordinal))
            .Where(target => !Path.Exists(Path.Combine(Path.GetDirectoryName(Repository.Full(document))!, target)))
            .Select(target => $"{document} links to {target}");

    /// <summary>A page may name a path from the folder it speaks of: its end must be that of a real one.</summary>
    private static IEnumerable<string> MissingPaths(string text) =>
        PathInTree().Matches(text).Concat(FileInCode().Matches(text)).Select(match => match.Groups[1].Value.TrimEnd('.', '/')).Distinct()
            .Where(path => !Repository.Files.Concat(Repository.Folders).Any(real => FileSystemName.MatchesSimpleExpression("*/" + path, "/" + real, ignoreCase: false)));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?<![\w./*<-])((?:\.ci|bench|bpf|dashboard|demo|docs|proto|scripts|src|tests)/[\w./*-]*)")]
    private static partial Regex PathInTree();

    [GeneratedRegex(@"`([\w./-]+\.(?:c|cs|h|md|proto|sh|ts|tsx))`")]
    private static partial Regex FileInCode();
}
