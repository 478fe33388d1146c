using System.Reflection;
using System.Text.RegularExpressions;
using CsCheck;
using Tendril.Graph;
using Tendril.Operator.Naming;

namespace Tendril.Operator.Tests.Naming;

public partial class RulesFileTests
{
    private static readonly string Root = typeof(RulesFileTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    [Theory]
    [InlineData("rules:\n  - name: a\n    tier: backend\n    match: { port: 1 }", "r.yaml:3:11: found tier 'backend', expected one of edge, service, data, external")]
    [InlineData("rules:\n  - name: a\n    match: { port: 80000 }", "r.yaml:3:20: found port '80000', expected a port from 1 to 65535, a range such as 8000-8007, or a list of those")]
    [InlineData("rules:\n  - name: a\n    match: { port: 9-8 }", "r.yaml:3:20: found port '9-8', expected a port")]
    [InlineData("rules:\n  - match: { port: 80 }", "r.yaml:2:5: found a rule without name, expected a name")]
    [InlineData("rules:\n  - name: a", "r.yaml:2:5: found a rule without match, expected match with at least one condition")]
    [InlineData("rules:\n  - name: a\n    match: {}", "r.yaml:3:12: found a mapping, expected conditions such as")]
    [InlineData("rules:\n  - name: a\n    match: { prot: 80 }", "r.yaml:3:14: found unknown key 'prot', expected one of port, process,")]
    [InlineData("rules:\n  - name: a\n    match: { address: 10.0.0/8 }", "r.yaml:3:23: found address '10.0.0/8', expected an address or a network")]
    [InlineData("rules:\n  - name: a/b\n    match: { port: 1 }", "r.yaml:2:11: found name 'a/b', expected a name of 1 to 128 characters")]
    [InlineData("rules:\n  - name: a\n    namespace: a/b\n    match: { port: 1 }", "r.yaml:3:16: found namespace 'a/b', expected a name of 1 to 128 characters")]
    [InlineData("rules:\n  - name: a\n    namespace: []\n    match: { port: 1 }", "r.yaml:3:16: found a list, expected a name of 1 to 128 characters")]
    [InlineData("rules:\n  - name: a\n    match: { process: [x] }", "r.yaml:3:23: found a list, expected a pattern for process")]
    [InlineData("rule: []", "r.yaml:1:1: found unknown key 'rule', expected rules")]
    [InlineData("- a", "r.yaml:1:1: found a list, expected a mapping with the key rules")]
    [InlineData("rules: 5", "r.yaml:1:8: found '5', expected a list of rules")]
    [InlineData("rules:\n  - name: [", "r.yaml:3:1: this is not YAML: ")]
    public void A_mistake_is_told_with_its_place_and_what_was_expected(string text, string error)
    {
        var result = RulesFile.Parse(text, "r.yaml");
        Assert.Contains(result.Errors, told => told.StartsWith(error, StringComparison.Ordinal));
        Assert.Empty(result.Rules);
    }

    // As large as a file may be: the stack would not hold it.
    [Theory]
    [InlineData("[")]
    [InlineData("{ a: ")]
    [InlineData("- ")]
    public void Nesting_without_end_is_refused(string opens)
    {
        var text = string.Concat(Enumerable.Repeat(opens, RulesFile.MaxBytes / opens.Length));

        var error = Assert.Single(RulesFile.Parse(text, "r.yaml").Errors);

        Assert.Contains("within each other", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("? [a]\n: b")]
    [InlineData("? {a: b}\n: c")]
    [InlineData("rules: [{? [[? a: b]] : c}]")]
    [InlineData("a: &x b\n*x : c")]
    public void Keys_are_words(string text)
    {
        var error = Assert.Single(RulesFile.Parse(text, "r.yaml").Errors);

        Assert.Contains("as a key", error, StringComparison.Ordinal);
    }

    // YamlDotNet overflows the stack when it compares two aliases, which it does where their hash codes happen to be the same.
    [Fact]
    public void Aliases_are_no_keys_however_many()
    {
        var error = Assert.Single(RulesFile.Parse(string.Concat(Enumerable.Repeat("*a : b\n", 20_000)), "r.yaml").Errors);

        Assert.Contains("as a key", error, StringComparison.Ordinal);
    }

    // YamlDotNet would look for the directive's end for 24 s.
    [Theory]
    [InlineData(1024)]
    [InlineData(2048)]
    public async Task A_directive_without_end_comes_to_one(int length) =>
        Assert.Empty((await Task.Run(() => RulesFile.Parse("%YAM ".PadRight(length, 'x'), "r.yaml")).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)).Rules);

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        var result = RulesFile.Parse("rules:\n  - name: a\n    tier: x\n    match: { port: 0 }\n  - nam: b\n    match: { host: '' }", "r.yaml");
        Assert.Equal(["r.yaml:3:11", "r.yaml:4:20", "r.yaml:5:5", "r.yaml:5:5", "r.yaml:6:20"], result.Errors.Select(error => error[..error.IndexOf(": found", StringComparison.Ordinal)]));
    }

    [Fact]
    public void A_file_that_is_not_there_is_told() =>
        Assert.StartsWith("/nowhere/r.yaml: cannot be read", Assert.Single(RulesFile.Load("/nowhere/r.yaml").Errors), StringComparison.Ordinal);

    [Fact]
    public void The_demos_rules_name_its_services()
    {
        var rules = RulesFile.Load(Path.Combine(Root, "demo/rules.yaml"));
        Assert.Empty(rules.Errors);
        var registry = new ServiceRegistry(rules.Rules);
        var host = new HostFacts("m", "alpha", "b", 1, [], 0);
        string?[] names = [.. Enumerable.Range(8000, 8).Select(port => registry.Find(
            host, ProgramNameTests.Facts("/opt/tendril-demo", "role"), "tendril-demo", [new(NetAddress.Parse("127.0.0.1"), (ushort)port, Transport.Tcp)])?.Name)];
        Assert.Equal(["gateway", "user", "order", "product", "payment", "notification", "inventory", "shipping"], names);
        Assert.Equal("traffic", registry.Find(host, ProgramNameTests.Facts("/opt/tendril-demo", "tendril-demo traffic"), "tendril-demo", [])?.Name);
        Assert.Equal("redis", registry.Find(host, ProgramNameTests.Facts("/usr/bin/redis-check-rdb", "", "redis-server"), "redis-check-rdb", [])?.Name);
    }

    [Fact]
    public void The_documentations_examples_are_valid()
    {
        var examples = Example().Matches(File.ReadAllText(Path.Combine(Root, "docs/rules.md")));
        Assert.True(examples.Count >= 5);
        Assert.All(examples, example => Assert.Empty(RulesFile.Parse(example.Groups[1].Value, "rules.md").Errors));
    }

    [Theory]
    [InlineData("*", "", true)]
    [InlineData("a*c", "abbbc", true)]
    [InlineData("a*c", "abbbcd", false)]
    [InlineData("?b?", "abc", true)]
    [InlineData("*/checkout.py", "/srv/checkout.py", true)]
    [InlineData("nginx", "Nginx", false)]
    public void Patterns_match_the_whole_text(string pattern, string text, bool expected) => Assert.Equal(expected, new Glob(pattern).Matches(text));

    [Fact]
    public void A_pattern_agrees_with_the_regular_expression_it_stands_for() =>
        Gen.Select(Gen.String[Gen.Char["ab*?"], 0, 8], Gen.String[Gen.Char["abc"], 0, 10]).Sample((pattern, text) =>
            new Glob(pattern).Matches(text) == Regex.IsMatch(text, "^" + Regex.Escape(pattern).Replace("\\*", ".*").Replace("\\?", ".") + "$"));

    [Theory]
    [InlineData("10.0.0.0/8", "10.255.0.1", true)]
    [InlineData("10.0.0.0/8", "11.0.0.1", false)]
    [InlineData("0.0.0.0/0", "203.0.113.1", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("2001:db8::/32", "2001:db8:1::1", true)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("10.0.0.1", "10.0.0.1", true)]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    public void Networks_hold_their_addresses(string network, string address, bool expected)
    {
        Assert.True(AddressRange.TryParse(network, out var range));
        Assert.Equal(expected, range.Contains(NetAddress.Parse(address)));
    }

    [Fact]
    public void No_text_makes_the_parser_throw() =>
        Gen.String[Gen.Char[" \n:-[]{}'\"#&*!|>%@`ar0"], 0, 60].Sample(text => RulesFile.Parse(text, "r") is not null, iter: 20_000);

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
