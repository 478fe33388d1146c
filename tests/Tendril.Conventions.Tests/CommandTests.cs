using System.Text.RegularExpressions;

namespace Tendril.Conventions.Tests;

/// <summary>Commands and options that the documents show are those that the programs have.</summary>
public partial class CommandTests
{
    [Fact]
    public async Task What_README_shows_of_the_command_line_is_in_its_help()
    {
        var shown = Shown(Repository.Read("README.md")).ToList();
        Assert.NotEmpty(shown);
        foreach (var words in shown)
        {
            var help = await Repository.CommandLineAsync(words[0], "--help");
            Faults.AreNone(Unknown(words, help));
        }
    }

    [Fact]
    public async Task README_and_the_architecture_show_every_command()
    {
        var help = await Repository.CommandLineAsync("--help");
        var commands = Command().Matches(help[help.IndexOf("Commands:", StringComparison.Ordinal)..help.IndexOf("Examples:", StringComparison.Ordinal)])
            .Select(match => match.Groups[1].Value).Order().ToList();
        Assert.Equal(commands, Shown(Repository.Read("README.md")).Select(words => words[0]).Distinct().Order());
        var listed = ListedCommands().Match(Repository.Read("docs/architecture.md")).Groups[1].Value;
        Assert.Equal(commands, listed.Split('|').Order());
    }

    [Fact]
    public void Every_option_that_a_document_names_is_some_programs()
    {
        var known = KnownOptions();
        Faults.AreNone(Repository.Documents.SelectMany(document => Option().Matches(Repository.Read(document)).Select(match => match.Value)
            .Where(option => !known.Contains(option)).Select(option => $"{document} names {option}")));
    }

    [Fact]
    public void The_agents_options_that_a_document_lists_are_all_and_no_others()
    {
        var agent = AgentOptions().Order().ToList();
        Assert.Contains("--cgroup", agent);
        foreach (var document in Repository.Documents)
        {
            var rows = OptionRow().Matches(Repository.Read(document)).Select(match => match.Groups[1].Value).ToList();
            Assert.True(rows.Count == 0 || rows.Order().SequenceEqual(agent), $"{document} lists {string.Join(' ', rows)}; tendril-agent has {string.Join(' ', agent)}");
        }
    }

    [Theory]
    [InlineData("graph --no-such order", "--no-such")]
    [InlineData("graph --output svg", "svg")]
    [InlineData("graph -o json --depth 2", null)]
    public async Task An_option_or_value_that_is_not_in_the_help_is_found(string line, string? unknown) =>
        Assert.Equal(unknown is null ? [] : [unknown], Unknown(line.Split(' '), await Repository.CommandLineAsync("graph", "--help")));

    /// <summary>The words after "tendril" of each line in a code block and each code span.</summary>
    private static IEnumerable<string[]> Shown(string document) => CommandLine().Matches(document)
        .Select(match => match.Groups[1].Value.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length > 0);

    private static IEnumerable<string> Unknown(string[] words, string help)
    {
        for (var i = 1; i < words.Length; i++)
        {
            if (!words[i].StartsWith('-'))
            {
                continue;
            }

            // "-o, --output <table|json>": the values are known where the help lists them.
            var option = Regex.Match(help, $@"(?<![\w-]){Regex.Escape(words[i])}(?![\w-])(?:, --[\w-]+)*(?: <([^>]*)>)?");
            if (!option.Success)
            {
                yield return words[i];
            }
            else if (option.Groups[1].Value.Contains('|') && i + 1 < words.Length && !option.Groups[1].Value.Split('|').Contains(words[i + 1]))
            {
                yield return words[i + 1];
            }
        }
    }

    private static HashSet<string> KnownOptions() =>
        [.. Repository.In("src", ".cs").Concat(Repository.In("demo", ".cs")).Concat(Repository.In("bench", ".cs")).Concat(Repository.In("scripts", ".sh"))
            .SelectMany(file => Option().Matches(Repository.Read(file)).Select(match => match.Value)), .. AgentOptions(), .. OperatorOptions(), "--help"];

    private static IEnumerable<string> AgentOptions() =>
        AgentOption().Matches(Repository.Read("src/Tendril.Agent/AgentOptionsTable.cs")).Select(match => "--" + match.Groups[1].Value);

    private static IEnumerable<string> OperatorOptions() =>
        OperatorOption().Matches(Repository.Read("src/Tendril.Operator/OperatorSettings.cs")).Select(match => "--" + match.Groups[1].Value);

    [GeneratedRegex(@"new\(""([a-z-]+)"",")]
    private static partial Regex OperatorOption();

    [GeneratedRegex(@"^  ([a-z]+)\b", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"`tendril ([a-z|]+\|[a-z|]+)`")]
    private static partial Regex ListedCommands();

    [GeneratedRegex(@"(?:^ *|`)tendril ([^`\n]+)", RegexOptions.Multiline)]
    private static partial Regex CommandLine();

    // Not "--role=*", which is an argument of somebody else's program: options of ours are shown with a blank before the value.
    [GeneratedRegex(@"(?<![\w-])--[a-z][a-z-]+[a-z]\b(?![=-])")]
    private static partial Regex Option();

    [GeneratedRegex(@"^\| *`(--[a-z-]+)", RegexOptions.Multiline)]
    private static partial Regex OptionRow();

    [GeneratedRegex(@"new\(\w+, ""([a-z-]+)""")]
    private static partial Regex AgentOption();
}
