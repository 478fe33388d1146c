namespace Tendril.Agent;

/// <summary>Gathers what the three sources say, weakest first, and everything that is wrong with it.</summary>
internal sealed class AgentOptionsParser(IReadOnlyDictionary<string, string> environment, Func<string, string?> readFile)
{
    private const string FlagSource = "flag";
    private const string EnvironmentSource = "environment";
    private const int MaxFileCharacters = 65_536;

    private readonly List<AgentOptionError> _errors = [];

    public AgentOptionsResult Parse(IReadOnlyList<string> args)
    {
        var flags = ReadFlags(args);
        var options = new AgentOptions();
        var asked = flags.Find(given => given.Option.Name is "help" or "version");
        if (asked is not null)
        {
            // Whoever asks for help gets it, whatever else is wrong.
            asked.Option.Apply(options, "true");
            return new AgentOptionsResult(options, []);
        }

        var fromEnvironment = ReadEnvironment();
        ApplyDefaults(options);
        Apply(options, ReadConfigFile(flags, fromEnvironment));
        Apply(options, fromEnvironment);
        Apply(options, flags);
        CheckTogether(options);
        return _errors.Count == 0 ? new AgentOptionsResult(options, []) : new AgentOptionsResult(null, _errors);
    }

    private List<Given> ReadFlags(IReadOnlyList<string> args)
    {
        var given = new List<Given>();
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = SplitFlag(args[i]);
            if (name is null || AgentOptionsTable.Find(name) is not { } option)
            {
                RefuseFlag(args[i], name);
                // The word after an unknown flag is most likely its value: one mistake, one error.
                i += name is not null && value is null && i + 1 < args.Count && !args[i + 1].StartsWith('-') ? 1 : 0;
                continue;
            }

            if (value is null && option.Placeholder is null)
            {
                value = "true";
            }
            else if (value is null && i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal))
            {
                value = args[++i];
            }

            if (value is null)
            {
                _errors.Add(new AgentOptionError(FlagSource, option.Flag, null, $"give a value: {option.Flag} {option.Placeholder}"));
                continue;
            }

            Add(given, new Given(option, FlagSource, option.Flag, value));
        }

        return given;
    }

    private static (string? Name, string? Value) SplitFlag(string arg)
    {
        if (arg == "-h")
        {
            return ("help", null);
        }

        if (!arg.StartsWith("--", StringComparison.Ordinal) || arg.Length == 2)
        {
            return (null, null);
        }

        var equals = arg.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (arg[2..], null) : (arg[2..equals], arg[(equals + 1)..]);
    }

    private void RefuseFlag(string arg, string? name)
    {
        var key = name is null ? arg : "--" + name;
        var near = AgentOptionsTable.Nearest(name ?? arg.TrimStart('-'), _ => true);
        var remedy = name is null ? "options begin with \"--\"" : "there is no such option";
        _errors.Add(new AgentOptionError(FlagSource, key, null, remedy + (near is null ? "; --help lists them all" : $"; did you mean {near.Flag}?")));
    }

    // Only known names are looked up: other parts of Tendril own other TENDRIL_ variables. An empty one is as good as none.
    private List<Given> ReadEnvironment()
    {
        var given = new List<Given>();
        foreach (var option in AgentOptionsTable.All)
        {
            if (option.Place != OptionPlace.FlagOnly && environment.TryGetValue(option.EnvironmentName, out var value) && value.Length > 0)
            {
                given.Add(new Given(option, EnvironmentSource, option.EnvironmentName, value));
            }
        }

        return given;
    }

    private List<Given> ReadConfigFile(List<Given> flags, List<Given> fromEnvironment)
    {
        var given = new List<Given>();
        var named = flags.Find(IsConfig) ?? fromEnvironment.Find(IsConfig);
        var path = named?.Value ?? AgentOptions.DefaultConfigFile;
        if (ReadText(path, named) is not { } text)
        {
            return given;
        }

        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            var content = line.Trim();
            if (!content.IsEmpty && content[0] is not ('#' or ';'))
            {
                ReadLine(given, $"{path}:{number}", content.ToString());
            }
        }

        return given;
    }

    private string? ReadText(string path, Given? named)
    {
        var source = named?.Source ?? "file";
        var key = named?.Key ?? path;
        try
        {
            var text = readFile(path);
            if (text is null && named is not null)
            {
                _errors.Add(new AgentOptionError(source, key, path, "there is no such file"));
            }
            else if (text?.Length > MaxFileCharacters)
            {
                _errors.Add(new AgentOptionError(source, key, path, $"the file has more than {MaxFileCharacters} characters; is it the right one?"));
                return null;
            }

            return text;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _errors.Add(new AgentOptionError(source, key, path, "the file cannot be read: " + exception.Message));
            return null;
        }
    }

    // The environment's spelling is taken too, so that one file can serve as a unit's EnvironmentFile.
    private void ReadLine(List<Given> given, string source, string line)
    {
        var equals = line.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            _errors.Add(new AgentOptionError(source, line, null, "write \"name = value\"; there are no [sections]"));
            return;
        }

        var key = line[..equals].TrimEnd();
        var value = Unquote(line[(equals + 1)..].Trim());
        var name = key.StartsWith("TENDRIL_", StringComparison.Ordinal) ? key["TENDRIL_".Length..].ToLowerInvariant().Replace('_', '-') : key;
        if (AgentOptionsTable.Find(name) is { Place: OptionPlace.Anywhere } option)
        {
            Add(given, new Given(option, source, key, value));
            return;
        }

        var near = AgentOptionsTable.Find(name) is null ? AgentOptionsTable.Nearest(name, o => o.Place == OptionPlace.Anywhere) : null;
        var remedy = AgentOptionsTable.Find(name) is { } flag ? $"not in a file; give {flag.Flag}" : "there is no such option";
        _errors.Add(new AgentOptionError(source, key, value, remedy + (near is null ? "; --help lists them all" : $"; did you mean {near.Name}?")));
    }

    private static string Unquote(string value) => value.Length >= 2 && value[0] == '"' && value[^1] == '"' ? value[1..^1] : value;

    private void Add(List<Given> all, Given given)
    {
        var first = given.Option.Clear is null ? all.Find(other => other.Option == given.Option) : null;
        if (first is not null)
        {
            _errors.Add(new AgentOptionError(given.Source, given.Key, given.Value, $"given before as \"{first.Value}\"; give it once"));
            return;
        }

        all.Add(given);
    }

    private static void ApplyDefaults(AgentOptions options)
    {
        foreach (var option in AgentOptionsTable.All)
        {
            if (option.Default is not null && option.Apply(options, option.Default) is { } remedy)
            {
                throw new InvalidOperationException($"The default of {option.Flag} is not valid: {remedy}.");
            }
        }
    }

    private void Apply(AgentOptions options, List<Given> given)
    {
        foreach (var option in given.Select(value => value.Option).Distinct())
        {
            option.Clear?.Invoke(options);
        }

        foreach (var value in given)
        {
            if (value.Option.Apply(options, value.Value) is { } remedy)
            {
                _errors.Add(new AgentOptionError(value.Source, value.Key, value.Value, remedy));
            }
        }
    }

    private void CheckTogether(AgentOptions options)
    {
        if (options.CertificateFile is null != options.KeyFile is null)
        {
            var (given, missing) = options.KeyFile is null ? ("--cert", "--key") : ("--key", "--cert");
            _errors.Add(new AgentOptionError("options", given, options.CertificateFile ?? options.KeyFile, $"give {missing} too"));
        }

        if (options.CertificateFile is not null && options.JoinTokenFile is not null)
        {
            _errors.Add(new AgentOptionError("options", "--join-token-file", options.JoinTokenFile, "cannot be together with --cert: give one of the two"));
        }

        var forTls = options.OperatorAuthorityFile is not null ? "--operator-ca" : options.CertificateFile is not null ? "--cert"
            : options.JoinTokenFile is not null ? "--join-token-file" : null;
        if (forTls is not null && options.Operator.Scheme != "https")
        {
            _errors.Add(new AgentOptionError("options", forTls, null, $"is for TLS, so --operator must begin with https://, not {options.Operator.Scheme}://"));
        }

        if (options.RecordFile is not null && options.ReplayFile is not null)
        {
            _errors.Add(new AgentOptionError("options", "--record", options.RecordFile, $"cannot be together with --replay \"{options.ReplayFile}\": give one of the two"));
        }
    }

    private static bool IsConfig(Given given) => given.Option.Name == "config";

    private sealed record Given(AgentOption Option, string Source, string Key, string Value);
}
