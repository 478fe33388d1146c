using System.Text.Json.Nodes;

namespace Tendril.Cli.Tests;

/// <summary>What a person sees, whole screens at a time.</summary>
public sealed class ScreenTests(OperatorFixture fixture) : IClassFixture<OperatorFixture>
{
    [Theory]
    [InlineData("graph", null)]
    [InlineData("graph", "80")]
    [InlineData("graph", "40")]
    [InlineData("services", null)]
    [InlineData("services", "80")]
    [InlineData("agents", null)]
    [InlineData("agents", "80")]
    public async Task A_table_looks_as_it_should_and_fits_its_screen(string command, string? columns)
    {
        var run = await CommandLine.RunAsync([command, "--operator", fixture.Rest], ("COLUMNS", columns));

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Golden.Equal($"{command}-{columns ?? "file"}", run.Output);
    }

    [Theory]
    [InlineData("order")]
    [InlineData("rule:order")]
    [InlineData("ORDER")]
    public async Task Impact_takes_a_name_or_an_id_and_shows_the_way_to_each(string service)
    {
        var run = await CommandLine.RunAsync(["impact", service, "--operator", fixture.Rest]);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Golden.Equal("impact", run.Output);
    }

    [Theory]
    [InlineData("both-ends", "", "gateway", "order")]
    [InlineData("failing", "", "order", "payment")]
    [InlineData("udp", "", "rule:order>dns:53")]
    [InlineData("two-edges", "", "order", "postgres")]
    [InlineData("older-operator", "/before", "order", "payment")]
    [InlineData("both-ends-80", "", "gateway", "order")]
    public async Task Explain_says_why_an_edge_is_there(string golden, string path, params string[] edge)
    {
        var run = await CommandLine.RunAsync(
            ["explain", .. edge, "--operator", fixture.Rest + path], ("COLUMNS", golden.EndsWith("-80", StringComparison.Ordinal) ? "80" : null));

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Golden.Equal($"explain-{golden}", run.Output);
    }

    [Fact]
    public async Task Json_of_explain_is_a_line_for_each_edge_as_the_operator_says_it()
    {
        var run = await CommandLine.RunAsync(["explain", "--json", "order", "postgres", "--operator", fixture.Rest]);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal(
            ["rule:order>rule:postgres:5432", "rule:order>rule:postgres/unix//run/postgresql/.s.PGSQL.5432"],
            run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (string?)JsonNode.Parse(line)!["edge"]!["id"]));
    }

    [Fact]
    public async Task Impact_of_a_name_that_two_services_have_lists_their_ids()
    {
        var run = await CommandLine.RunAsync(["impact", "nginx", "--operator", fixture.Rest]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("process:nginx@a", run.Errors, StringComparison.Ordinal);
        Assert.Contains("process:nginx@b", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Impact_of_what_nobody_depends_on_says_so()
    {
        var run = await CommandLine.RunAsync(["impact", "process:curl", "--operator", fixture.Rest]);

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("Nothing is known to depend on evil[31mname.", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("graph")]
    [InlineData("services")]
    [InlineData("agents")]
    public async Task An_empty_graph_says_what_to_do(string command)
    {
        var run = await CommandLine.RunAsync([command, "--operator", fixture.Rest + "/empty"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("agent", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("graph.json", "nodes", "services")]
    [InlineData("graph.json", "stats.agents", "agents")]
    [InlineData("impact-rule:order.json", "", "impact", "order")]
    public async Task Json_is_the_operators_part_of_it_with_every_field_in_plain_ascii(string document, string part, params string[] command)
    {
        var run = await CommandLine.RunAsync([.. command, "--output", "json", "--operator", fixture.Rest]);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        var expected = JsonNode.Parse(await File.ReadAllTextAsync(
            Path.Combine(CommandLine.SourceDirectory, "contract", document), TestContext.Current.CancellationToken));
        foreach (var name in part.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            expected = expected![name];
        }

        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(run.Output)), run.Output);
        Assert.EndsWith("\n", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Output.TrimEnd('\n'), character => character is < ' ' or > '~');
    }

    [Theory]
    [InlineData("services")]
    [InlineData("agents")]
    public async Task Json_of_an_empty_graph_is_an_empty_list(string command)
    {
        var run = await CommandLine.RunAsync([command, "-o", "json", "--operator", fixture.Rest + "/empty"]);

        Assert.Equal(new Run(0, "[]\n", ""), run);
    }

    [Theory]
    [InlineData("json")]
    [InlineData("dot")]
    [InlineData("mermaid")]
    [InlineData("csv")]
    public async Task Other_formats_are_the_operators_own_without_what_could_move_the_cursor(string format)
    {
        var run = await CommandLine.RunAsync(
            ["graph", "-o", format, "--service", "a b", "--depth", "2", "--since", "15m", "--operator", fixture.Rest]);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal($"{format} of?format={format}&service=a%20b&depth=2&since=15m\n[2Jname\n", run.Output);
    }

    [Theory]
    [InlineData("", "graph")]
    [InlineData("graph", "--output dot")]
    [InlineData("services", "systemd")]
    [InlineData("impact", "postgres")]
    [InlineData("explain", "--json")]
    [InlineData("observe", "--kind failed")]
    [InlineData("agents", "--operator")]
    [InlineData("doctor", "sudo")]
    public async Task Help_teaches_with_examples(string command, string example)
    {
        var run = await CommandLine.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        var examples = run.Output[run.Output.IndexOf("Examples:", StringComparison.Ordinal)..];
        Assert.Contains($"tendril {command}".TrimEnd(), examples, StringComparison.Ordinal);
        Assert.Contains(example, examples, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_is_the_projects()
    {
        var run = await CommandLine.RunAsync(["--version"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"^\d+\.\d+\.\d+\n$", run.Output);
    }
}
