using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Tendril.Operator.Naming;

/// <summary>What a person calls a running program: the script, jar or assembly where the executable is only what runs it.</summary>
internal static partial class ProgramName
{
    /// <summary>How an interpreter's command line is read.</summary>
    /// <param name="Valued">Options that take the next argument.</param>
    /// <param name="Code">Options that carry the program's text itself: there is no script to name it by.</param>
    private sealed record Interpreter(FrozenSet<string> Valued, FrozenSet<string> Code);

    private static readonly FrozenDictionary<string, Interpreter> Interpreters = new Dictionary<string, Interpreter>
    {
        ["python"] = Make("-W -X -Q --check-hash-based-pycs", "-c"),
        ["pypy"] = Make("-W -X", "-c"),
        ["node"] = Make("-r --require --import --loader --experimental-loader -C --conditions --env-file", "-e --eval -p --print"),
        ["deno"] = Make("--config -c --import-map", "eval repl"),
        ["bun"] = Make("-r --preload --config", "-e --eval"),
        ["java"] = Make("-cp -classpath --class-path -p --module-path --add-modules --add-opens --add-exports --add-reads", ""),
        ["dotnet"] = Make("--fx-version --runtimeconfig --depsfile --additionalprobingpath --additional-deps --roll-forward", "build run test watch msbuild publish restore"),
        ["mono"] = Make("--config --runtime", ""),
        ["ruby"] = Make("-I -r -E -C", "-e"),
        ["jruby"] = Make("-I -r -E -C", "-e"),
        ["perl"] = Make("-I -M -m", "-e -E"),
        ["php"] = Make("-c -d -S -t -z", "-r"),
        ["sh"] = Make("-o -O +O --rcfile --init-file", "-c"),
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string> Families = new Dictionary<string, string>
    {
        ["nodejs"] = "node",
        ["bash"] = "sh",
        ["dash"] = "sh",
        ["zsh"] = "sh",
        ["ksh"] = "sh",
        ["ash"] = "sh",
    }.ToFrozenDictionary();

    /// <summary>One executable that is many programs; the agent reports under which name it was called. Debian's redis-server is a link to redis-check-rdb.</summary>
    private static readonly FrozenSet<string> MultiCall = new[]
    {
        "busybox", "toybox", "coreutils", "redis-check-rdb", "redis-check-aof", "valkey-check-rdb", "valkey-check-aof",
    }.ToFrozenSet();

    /// <summary>The last part of a path, without the kernel's mark for a file that was replaced while it ran.</summary>
    public static string Of(string path)
    {
        const string Deleted = " (deleted)";
        var end = path.EndsWith(Deleted, StringComparison.Ordinal) ? path.Length - Deleted.Length : path.Length;
        return path[(path.LastIndexOf('/', Math.Max(end - 1, 0)) + 1)..end];
    }

    /// <summary>"app.py" for `python3 app.py`, "Shop" for `dotnet Shop.dll`, "http.server" for `python3 -m http.server`, else the executable's name.</summary>
    public static string Of(ProcessFacts process)
    {
        if (process.Exe.Length == 0)
        {
            // Gone before it could be read: all that is left is the name of one of its threads.
            return ThreadName.ProgramOf(process.Comm) ?? process.Comm;
        }

        var exe = Unwrap(process.ExeName);
        var family = Family(exe);
        if (Interpreters.TryGetValue(family, out var interpreter))
        {
            return Script(interpreter, family, process.Arguments.AsSpan(), exe) is { Length: > 0 } script ? script : Plain(exe, family);
        }

        var plain = Plain(exe, family);
        return MultiCall.Contains(plain) ? (process.Arguments.Length > 0 ? process.Arguments[0] : process.Comm)
            : process.Arguments.Length == 0 ? plain
            : plain == "beam.smp" ? Application.OfErlang(process.Arguments[0])
            : Application.IsLauncher(plain) && process.Arguments.Length > 1 ? Application.Of(plain, process.Arguments[1])
            : plain;
    }

    /// <summary>A process that writes its state over its arguments ("nginx: worker process") has no arguments to go by.</summary>
    public static bool HasWrittenTitle(ProcessFacts process) =>
        process.Arguments.Length > 0
        && (process.Arguments[0].StartsWith(process.ExeName + ":", StringComparison.Ordinal)
            || process.Arguments[0].StartsWith(process.Comm + ":", StringComparison.Ordinal));

    /// <summary>Nix and Guix put a wrapper in a program's place and call the program ".app-wrapped", ".app-real".</summary>
    public static string Unwrap(string file) => Wrapped().Match(file) is { Success: true } match ? Unwrap(match.Groups["name"].Value) : file;

    private static string? Script(Interpreter interpreter, string family, ReadOnlySpan<string> arguments, string exe)
    {
        if (arguments.Length > 0 && IsOwnName(arguments[0], exe, family))
        {
            arguments = arguments[1..];
        }

        for (var i = 0; i < arguments.Length; i++)
        {
            var argument = arguments[i];
            if (interpreter.Code.Contains(argument))
            {
                return null;
            }

            if (argument is "-m" or "--module" && family is "python" or "pypy" or "java")
            {
                continue;
            }

            if (argument == "-jar" || (family is "dotnet" && argument == "exec") || (family is "deno" or "bun" && argument is "run" or "serve"))
            {
                continue;
            }

            if (argument.Length == 0 || argument[0] is '-' or '+')
            {
                i += interpreter.Valued.Contains(argument) ? 1 : 0;
                continue;
            }

            return Called(family, Unwrap(Of(argument)), i + 1 < arguments.Length ? arguments[i + 1] : null);
        }

        return null;
    }

    private static string? Called(string family, string script, string? next) => family switch
    {
        "java" => Application.OfJava(script),
        "dotnet" or "mono" => Application.OfAssembly(script),
        _ => Application.IsLauncher(script) && next is [not '-', ..] ? Application.Of(script, next) : Application.OfScript(script),
    };

    /// <summary>Agents may or may not report argv[0]; a script's own name there is what its first line ran.</summary>
    private static bool IsOwnName(string argument, string exe, string family)
    {
        var name = Of(argument).TrimStart('-');
        return name == exe || Family(name) == family;
    }

    /// <summary>"python" for python3.11, "sh" for bash.</summary>
    private static string Family(string exe)
    {
        var plain = exe.TrimEnd('.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        return Families.GetValueOrDefault(plain, plain);
    }

    /// <summary>Without a version, which would change the node's id with each upgrade. "python3" is what people say, "ruby3" is not.</summary>
    private static string Plain(string exe, string family) => family switch
    {
        "python" or "pypy" => exe[..Math.Min(exe.Length, family.Length + 1)],
        "node" or "php" or "php-fpm" or "ruby" or "perl" => family,
        _ => Version().Match(exe) is { Success: true } match ? match.Groups["name"].Value : exe,
    };

    private static Interpreter Make(string valued, string code) =>
        new(valued.Split(' ').ToFrozenSet(), code.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet());

    // "node_exporter-1.7.0", "lua5.4".
    [GeneratedRegex(@"^(?<name>.*[A-Za-z])[-_]?v?[0-9]+(\.[0-9]+)+$")]
    private static partial Regex Version();

    [GeneratedRegex(@"^\.(?<name>.+)-(?:wrapped|real)_?$")]
    private static partial Regex Wrapped();
}
