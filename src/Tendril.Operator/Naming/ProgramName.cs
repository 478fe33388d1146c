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
        ["ruby"] = Make("-I -r -E -C", "-e"),
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
        var exe = process.ExeName;
        var plain = Version().Replace(exe, "$1");
        var family = Family(exe);
        if (!Interpreters.TryGetValue(family, out var interpreter))
        {
            return exe;
        }

        return Script(interpreter, family, process, exe) is { Length: > 0 } script ? script : plain;
    }

    /// <summary>A process that writes its state over its arguments ("nginx: worker process") has no arguments to go by.</summary>
    public static bool HasWrittenTitle(ProcessFacts process) =>
        process.Arguments.Length > 0
        && (process.Arguments[0].StartsWith(process.ExeName + ":", StringComparison.Ordinal)
            || process.Arguments[0].StartsWith(process.Comm + ":", StringComparison.Ordinal));

    private static string? Script(Interpreter interpreter, string family, ProcessFacts process, string exe)
    {
        var arguments = process.Arguments.AsSpan();
        if (arguments.Length > 0 && IsOwnName(arguments[0], process, exe, family))
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
                return i + 1 < arguments.Length ? Of(arguments[i + 1]) : null;
            }

            if (argument == "-jar" || (family is "dotnet" && argument == "exec") || (family is "deno" or "bun" && argument == "run"))
            {
                continue;
            }

            if (argument.Length == 0 || argument[0] is '-' or '+')
            {
                i += interpreter.Valued.Contains(argument) ? 1 : 0;
                continue;
            }

            return Trim(family, Of(argument));
        }

        return null;
    }

    /// <summary>Agents may or may not report argv[0].</summary>
    private static bool IsOwnName(string argument, ProcessFacts process, string exe, string family)
    {
        var name = Of(argument).TrimStart('-');
        return name == exe || name == process.Comm || Family(name) == family;
    }

    /// <summary>"python" for python3.11, "sh" for bash.</summary>
    private static string Family(string exe)
    {
        var plain = exe.TrimEnd('.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        return Families.GetValueOrDefault(plain, plain);
    }

    private static string Trim(string family, string script)
    {
        if (script.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) || script.EndsWith(".jar", StringComparison.OrdinalIgnoreCase))
        {
            return script[..^4];
        }

        // A Java main class: "com.acme.shop.Main".
        return family == "java" ? script[(script.LastIndexOf('.') + 1)..] : script;
    }

    private static Interpreter Make(string valued, string code) =>
        new(valued.Split(' ').ToFrozenSet(), code.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet());

    // "python3.11" and "ruby3.1" are "python3" and "ruby3" to a person: the minor version would change the node's id with each upgrade.
    [GeneratedRegex(@"^([a-z]+\d?)(\.\d+)+$")]
    private static partial Regex Version();
}
