using System.Collections;
using Tendril.Operator.Doors;

namespace Tendril.Operator;

/// <summary>What the command line, the environment and the configuration file say together; all that is wrong is in Errors.</summary>
internal sealed record OptionsResult(OperatorOptions Options, IReadOnlyList<string> Errors, bool Help, bool Version);

/// <summary>Reads the settings. A flag beats the environment, and that beats the file.</summary>
internal sealed class OptionsReader
{
    private const string ConfigName = "config";
    private readonly OperatorOptions _options = new();
    private readonly List<string> _errors = [];

    private OptionsReader()
    {
    }

    public static OptionsResult Read(IReadOnlyList<string> args, IDictionary environment)
    {
        var reader = new OptionsReader();
        var flags = reader.ReadFlags(args, out var help, out var version);
        if (help || version)
        {
            return new(reader._options, [], help, version);
        }

        var variables = environment.Keys.Cast<string>()
            .Where(key => key.StartsWith(OperatorSettings.VariablePrefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(key => (Key: key, Value: (string?)environment[key] ?? "")).ToList();
        var config = flags.LastOrDefault(flag => flag.Name == ConfigName).Value
            ?? variables.FirstOrDefault(variable => variable.Key == OperatorSettings.VariablePrefix + "CONFIG").Value;
        if (config is not null)
        {
            reader.ApplyFile(config);
        }

        reader.ApplyVariables(variables);
        reader.ApplyFlags(flags);
        reader.CheckTogether();
        return new(reader._options, reader._errors, false, false);
    }

    private List<(string Name, string Value)> ReadFlags(IReadOnlyList<string> args, out bool help, out bool version)
    {
        (help, version) = (false, false);
        var flags = new List<(string Name, string Value)>();
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = args[i].Split('=', 2) is [var left, var right] ? (left, right) : (args[i], null);
            help |= name is "--help" or "-h" or "help";
            version |= name is "--version";
            if (name is "--help" or "-h" or "help" or "--version")
            {
                continue;
            }

            var setting = name.StartsWith("--", StringComparison.Ordinal) ? OperatorSettings.Find(name[2..]) : null;
            if (setting is null && name != "--" + ConfigName)
            {
                _errors.Add($"{args[i]}: unknown {(name.StartsWith('-') ? "flag" : "argument")}{Nearest(name)}; --help lists them all");
                continue;
            }

            if (value is null && setting is { Argument: null })
            {
                value = "true";
            }
            else if (value is null && (i + 1 == args.Count || args[i + 1].StartsWith("--", StringComparison.Ordinal)))
            {
                _errors.Add($"{name}: its value is missing; write {name} {setting?.Argument ?? "FILE"}");
                continue;
            }

            flags.Add((setting?.Name ?? ConfigName, value ?? args[++i]));
        }

        return flags;
    }

    private void ApplyFile(string path)
    {
        try
        {
            var builder = new ConfigurationBuilder().SetBasePath(Directory.GetCurrentDirectory());
            _ = Path.GetExtension(path) switch
            {
                ".json" => builder.AddJsonFile(path, optional: false),
                ".ini" or ".conf" => builder.AddIniFile(path, optional: false),
                _ => throw new InvalidDataException("its name must end in .json, .ini or .conf, so that its format is known"),
            };
            foreach (var (key, value) in builder.Build().AsEnumerable().Where(pair => pair.Value is not null).OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                Apply($"{path}: {key}", key, value!);
            }
        }
        catch (FileNotFoundException)
        {
            _errors.Add($"--config: '{path}': there is no such file; the path is taken from {Directory.GetCurrentDirectory()}");
        }
        catch (Exception e) when (e is InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
        {
            _errors.Add($"--config: '{path}' cannot be read: {(e.InnerException ?? e).Message}");
        }
    }

    private void ApplyVariables(List<(string Key, string Value)> variables)
    {
        foreach (var (key, value) in variables.Where(variable => variable.Key != OperatorSettings.VariablePrefix + "CONFIG"))
        {
            Apply(key, key[OperatorSettings.VariablePrefix.Length..].Replace('_', '-'), value);
        }
    }

    private void ApplyFlags(List<(string Name, string Value)> flags)
    {
        foreach (var group in flags.GroupBy(flag => flag.Name))
        {
            if (group.Count() > 1)
            {
                _errors.Add($"--{group.Key}: given {group.Count()} times; give it once");
            }
            else if (group.Key != ConfigName)
            {
                Apply("--" + group.Key, group.Key, group.First().Value);
            }
        }
    }

    private void Apply(string where, string name, string value)
    {
        if (OperatorSettings.Find(name) is not { } setting)
        {
            _errors.Add($"{where}: unknown setting{Nearest("--" + name.ToLowerInvariant())}; --help lists them all");
        }
        else if (setting.Set(_options, value.Trim()) is { } expected)
        {
            _errors.Add($"{where}: '{value}' does not do: {expected}");
        }
    }

    private void CheckTogether()
    {
        if (_options.GoneAfter <= _options.IdleAfter)
        {
            _errors.Add("--gone-after: must be longer than --idle-after, or nothing is ever idle");
        }

        if (_options.Http.Equals(_options.Grpc) && _options.Http.Port != 0)
        {
            _errors.Add($"--grpc: {_options.Grpc} is the same as --http; agents need a port of their own");
        }

        _errors.AddRange(DoorSettings.Check(_options));
    }

    private static string Nearest(string name)
    {
        var nearest = OperatorSettings.All.Select(setting => setting.Flag).Append("--" + ConfigName).MinBy(flag => Distance(flag, name))!;
        return Distance(nearest, name) <= 3 ? $", did you mean {nearest}?" : "";
    }

    /// <summary>Levenshtein's: how many letters differ.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
