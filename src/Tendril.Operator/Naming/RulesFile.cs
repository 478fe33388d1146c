using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Tendril.Operator.Naming;

/// <summary>The rules of a file, or everything that is wrong with it, each as "file:line:column: found, expected".</summary>
internal sealed record RulesResult(ImmutableArray<NamingRule> Rules, ImmutableArray<string> Errors);

/// <summary>Reads a rules file (docs/rules.md). Nothing is guessed: what is not understood is an error with its place.</summary>
internal sealed class RulesFile
{
    public const int MaxBytes = 1024 * 1024;
    public const int MaxRules = 10_000;

    /// <summary>Lists and mappings within each other; a rule takes five. YamlDotNet goes down by recursion, and a file of nothing but "[" would overflow the stack.</summary>
    private const int MaxDepth = 32;
    private const string NameExpected = "a name of 1 to 128 characters without / and control characters";
    private static readonly string[] Tiers = ["edge", "service", "data", "external"];
    private readonly string _file;
    private readonly List<(Mark At, string Text)> _errors = [];

    private RulesFile(string file) => _file = file;

    public static RulesResult Load(string path)
    {
        try
        {
            return new FileInfo(path).Length > MaxBytes
                ? new([], [$"{path}: is larger than {MaxBytes / 1024} KiB; a rules file names services, it does not list them all"])
                : Parse(File.ReadAllText(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new([], [$"{path}: cannot be read: {e.Message}"]);
        }
    }

    public static RulesResult Parse(string text, string file)
    {
        var reader = new RulesFile(file);
        ImmutableArray<NamingRule> rules = [];
        // YamlDotNet 18.1 looks 24 s for the end of a directive that ends with the text, where that has a multiple of 1,024 characters; so it ends with a line.
        var parser = new Parser(new StringReader(text.EndsWith('\n') ? text : text + '\n'));
        try
        {
            var yaml = new YamlStream();
            yaml.Load(new Shallow(parser));
            rules = yaml.Documents.Count switch
            {
                0 => [],
                1 => reader.ReadRoot(yaml.Documents[0].RootNode),
                _ => reader.Refuse<ImmutableArray<NamingRule>>(yaml.Documents[1].RootNode, "a second document", "one document with the key rules"),
            };
        }
        catch (YamlException e)
        {
            reader._errors.Add((e.Start, $"this is not YAML: {e.Message}"));
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // What YamlDotNet 18.1 throws for some broken files instead of its own exception: a bad tag ("!@"), a text that never ends.
            reader._errors.Add((parser.Current?.End ?? Mark.Empty, $"this is not YAML: {e.Message}"));
        }

        var errors = reader._errors.OrderBy(error => error.At.Line).ThenBy(error => error.At.Column)
            .Select(error => $"{file}:{error.At.Line}:{error.At.Column}: {error.Text}");
        return reader._errors.Count > 0 ? new([], [.. errors]) : new(rules.IsDefault ? [] : rules, []);
    }

    private ImmutableArray<NamingRule> ReadRoot(YamlNode root)
    {
        if (root is not YamlMappingNode map)
        {
            return Refuse<ImmutableArray<NamingRule>>(root, Describe(root), "a mapping with the key rules");
        }

        CheckKeys(map, "rules");
        if (Get(map, "rules") is not { } list)
        {
            return Refuse<ImmutableArray<NamingRule>>(root, "no key rules", "a list of rules under it");
        }

        if (list is not YamlSequenceNode sequence)
        {
            return Refuse<ImmutableArray<NamingRule>>(list, Describe(list), "a list of rules, each beginning with a dash");
        }

        return sequence.Children.Count > MaxRules
            ? Refuse<ImmutableArray<NamingRule>>(list, $"{sequence.Children.Count} rules", $"at most {MaxRules}")
            : [.. sequence.Children.Select(ReadRule).OfType<NamingRule>()];
    }

    private NamingRule? ReadRule(YamlNode node)
    {
        if (node is not YamlMappingNode map)
        {
            return Refuse<NamingRule>(node, Describe(node), "a rule with the keys name and match");
        }

        CheckKeys(map, "name", "tier", "namespace", "tags", "match");
        var name = Get(map, "name") is { } nameNode ? ReadName(nameNode, "name") : Refuse<string>(map, "a rule without name", NameExpected);
        var tier = Get(map, "tier") is { } tierNode ? ReadText(tierNode, "one of edge, service, data, external") : null;
        if (tier is not null && !Tiers.Contains(tier))
        {
            Refuse<string>(Get(map, "tier")!, $"tier '{tier}'", "one of edge, service, data, external");
        }

        var rule = new NamingRule(name ?? "", tier, ReadTags(Get(map, "tags")), $"{Path.GetFileName(_file)}:{node.Start.Line}")
        {
            GivenNamespace = Get(map, "namespace") is { } given ? ReadName(given, "namespace") : null,
        };
        return Get(map, "match") switch
        {
            null => Refuse<NamingRule>(node, "a rule without match", "match with at least one condition"),
            YamlMappingNode { Children.Count: > 0 } match => ReadMatch(match, rule),
            var other => Refuse<NamingRule>(other, Describe(other), "conditions such as port: 8000 or process: nginx"),
        };
    }

    private string? ReadName(YamlNode node, string key)
    {
        var name = ReadText(node, NameExpected);
        return name is null || (name.Length is > 0 and <= ServiceNaming.MaxNameLength && !name.Any(c => char.IsControl(c) || c == '/'))
            ? name : Refuse<string>(node, $"{key} '{name}'", NameExpected);
    }

    private Dictionary<string, string> ReadTags(YamlNode? node)
    {
        var tags = new Dictionary<string, string>();
        if (node is null)
        {
            return tags;
        }

        if (node is not YamlMappingNode { Children.Count: <= 32 } map)
        {
            Refuse<string>(node, Describe(node), "at most 32 tags such as { team: shop }");
            return tags;
        }

        foreach (var (key, value) in map.Children)
        {
            if (ReadText(key, "a tag's name") is { } tag && ReadText(value, $"text for the tag '{tag}'") is { } text)
            {
                tags[tag] = text;
            }
        }

        return tags;
    }

    private NamingRule ReadMatch(YamlMappingNode match, NamingRule rule)
    {
        CheckKeys(match, "port", "process", "exe", "argument", "cgroup", "host", "container", "image", "compose", "namespace", "pod", "otel", "address");
        return rule with
        {
            Ports = ReadPorts(Get(match, "port")),
            Process = ReadGlob(match, "process"),
            Exe = ReadGlob(match, "exe"),
            Argument = ReadGlob(match, "argument"),
            Cgroup = ReadGlob(match, "cgroup"),
            Host = ReadGlob(match, "host"),
            Container = ReadGlob(match, "container"),
            Image = ReadGlob(match, "image"),
            Compose = ReadGlob(match, "compose"),
            Namespace = ReadGlob(match, "namespace"),
            Pod = ReadGlob(match, "pod"),
            Otel = ReadGlob(match, "otel"),
            Address = ReadAddress(Get(match, "address")),
        };
    }

    private ImmutableArray<PortRange> ReadPorts(YamlNode? node) => node switch
    {
        null => [],
        YamlSequenceNode { Children.Count: > 0 } list => [.. list.Children.SelectMany(item => ReadPort(item))],
        _ => [.. ReadPort(node)],
    };

    private IEnumerable<PortRange> ReadPort(YamlNode node)
    {
        const string Expected = "a port from 1 to 65535, a range such as 8000-8007, or a list of those";
        if (ReadText(node, Expected) is not { } text)
        {
            return [];
        }

        var ends = text.Split('-', StringSplitOptions.TrimEntries);
        if (ends.Length <= 2 && ushort.TryParse(ends[0], out var first) && ushort.TryParse(ends[^1], out var last) && first > 0 && first <= last)
        {
            return [new PortRange(first, last)];
        }

        Refuse<string>(node, $"port '{text}'", Expected);
        return [];
    }

    private Glob? ReadGlob(YamlMappingNode match, string key)
    {
        var expected = $"a pattern for {key}: text in which * is any text and ? any one character";
        return Get(match, key) is not { } node || ReadText(node, expected) is not { } text ? null
            : text.Length is > 0 and <= 1024 ? new Glob(text)
            : Refuse<Glob>(node, $"{key} of {text.Length} characters", expected);
    }

    private AddressRange? ReadAddress(YamlNode? node)
    {
        const string Expected = "an address or a network such as 10.0.0.0/8 or 2001:db8::/32";
        return node is null || ReadText(node, Expected) is not { } text ? null
            : AddressRange.TryParse(text, out var range) ? range
            : Refuse<AddressRange>(node, $"address '{text}'", Expected);
    }

    private string? ReadText(YamlNode node, string expected) =>
        node is YamlScalarNode { Value: { } text } && (text.Length > 0 || ((YamlScalarNode)node).Style != ScalarStyle.Plain)
            ? text : Refuse<string>(node, Describe(node), expected);

    private void CheckKeys(YamlMappingNode map, params string[] known)
    {
        foreach (var key in map.Children.Keys)
        {
            if (key is not YamlScalarNode { Value: { } name } || !known.Contains(name))
            {
                Refuse<string>(key, key is YamlScalarNode ? $"unknown key '{key}'" : Describe(key), known.Length == 1 ? known[0] : "one of " + string.Join(", ", known));
            }
        }
    }

    private static YamlNode? Get(YamlMappingNode map, string key) => map.Children.TryGetValue(new YamlScalarNode(key), out var node) ? node : null;

    private static string Describe(YamlNode node) => node switch
    {
        YamlScalarNode { Value: null or "" } => "nothing",
        YamlScalarNode scalar => $"'{scalar.Value}'",
        YamlSequenceNode => "a list",
        _ => "a mapping",
    };

    private T? Refuse<T>(YamlNode node, string found, string expected)
    {
        _errors.Add((node.Start, $"found {found}, expected {expected}"));
        return default;
    }

    /// <summary>
    /// Refuses what is nested too deep, before anything goes down there, and keys that are no texts: YamlDotNet 18.1 overflows the stack when it compares two
    /// aliases, as it does with two keys whose hash codes happen to be the same.
    /// </summary>
    private sealed class Shallow(Parser inner) : IParser
    {
        private readonly Stack<Place> _within = new();

        private enum Place
        {
            InList,
            AtKey,
            AtValue,
        }

        public ParsingEvent? Current => inner.Current;

        public bool MoveNext()
        {
            var more = inner.MoveNext();
            switch (inner.Current)
            {
                case MappingEnd or SequenceEnd:
                    _within.Pop();
                    break;
                case NodeEvent or AnchorAlias:
                    Enter(inner.Current);
                    break;
            }

            return more;
        }

        private void Enter(ParsingEvent node)
        {
            if (_within.TryPop(out var place))
            {
                if (place == Place.AtKey && node is not YamlDotNet.Core.Events.Scalar)
                {
                    throw new YamlException(node.Start, node.End, "a list, a mapping or an alias as a key; a rules file's keys are words");
                }

                _within.Push(place switch { Place.AtKey => Place.AtValue, Place.AtValue => Place.AtKey, _ => place });
            }

            if (node is MappingStart or SequenceStart)
            {
                _within.Push(node is MappingStart ? Place.AtKey : Place.InList);
                if (_within.Count > MaxDepth)
                {
                    throw new YamlException(node.Start, node.End, $"more than {MaxDepth} lists and mappings within each other; a rules file takes five");
                }
            }
        }
    }
}
