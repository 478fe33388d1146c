using System.Buffers;
using System.Text;

namespace Tendril.Agent.Identity;

/// <summary>
/// Keeps of a command line only what naming needs, because the rest may hold secrets. For interpreters and runtimes: the script,
/// module, jar or dll; for what only starts another program (<see cref="Launchers"/>): that one. Where words are asked for, also up to two bare
/// words right after the script, or another program's first argument if it is one. A word after an option is never kept: it may be its value.
/// </summary>
internal static class NamingArguments
{
    // Java's options alone may be a hundred.
    private const int MaxArguments = 512;
    private const int MaxArgumentBytes = 256;
    private const int MaxBareWord = 64;
    private static readonly SearchValues<char> VersionCharacters = SearchValues.Create("0123456789.");

    // One executable that is many programs, by the name it is called under. Debian's redis-server is a link to redis-check-rdb.
    private static readonly string[] MultiCall = ["busybox", "toybox", "coreutils", "redis-check-rdb", "redis-check-aof", "valkey-check-rdb", "valkey-check-aof"];

    // Options of each family: whose next argument is a value to skip, whose next argument is the program, and after which comes code.
    // Words are subcommands before the program.
    private sealed record Runtime(string[] Prefixes, string[] WithValue, string[] Program, string[] Code)
    {
        public string[] Words { get; init; } = [];
    }

    private static readonly Runtime[] Runtimes =
    [
        new(["python", "pypy"], ["-W", "-X", "--check-hash-based-pycs"], ["-m"], ["-c"]),
        new(["node", "nodejs"], ["-r", "--require", "--import", "--loader", "--experimental-loader", "--env-file", "-C", "--conditions"], [], ["-e", "--eval", "-p", "--print", "-pe"]),
        new(["bun"], ["-r", "--preload", "--config", "-c"], [], ["-e", "--eval", "-p", "--print"]) { Words = ["run"] },
        new(["deno"], ["--config", "-c", "--import-map", "--lock", "--cert", "--location"], [], ["eval", "repl"]) { Words = ["run", "serve"] },
        new(["java"], ["-cp", "-classpath", "--class-path", "-p", "--module-path", "--add-modules", "--add-opens", "--add-exports", "--add-reads", "--upgrade-module-path", "--source"], ["-jar", "-m", "--module"], []),
        new(["dotnet"], ["--depsfile", "--runtimeconfig", "--additionalprobingpath", "--fx-version", "--roll-forward", "--additional-deps"], [], []) { Words = ["exec"] },
        new(["mono"], ["--config", "--runtime"], [], []),
        new(["ruby", "jruby"], ["-I", "-r", "-C", "-E"], [], ["-e"]),
        new(["perl"], ["-I"], [], ["-e", "-E"]),
        new(["php"], ["-c", "-d", "-z"], ["-f"], ["-r", "-S", "-B", "-R", "-E"]),
        new(["sh", "bash", "dash", "ash", "zsh", "ksh"], ["-o", "+o", "-O", "+O", "--rcfile", "--init-file"], [], ["-c"]),
    ];

    /// <param name="exe">Path of the executable; may be empty, then the first argument tells the program.</param>
    /// <param name="commandLine">Arguments, each ended by NUL.</param>
    /// <param name="cut">True when there was more: the last argument is then not whole.</param>
    /// <param name="words">Whether bare words after the program are kept.</param>
    public static string[] Keep(string exe, ReadOnlySpan<byte> commandLine, bool cut, bool words = true)
    {
        var all = Split(commandLine, cut);
        if (all.Count == 0)
        {
            return [];
        }

        var program = NameOf(exe.Length > 0 ? exe : all[0]);
        if (MultiCall.Contains(program))
        {
            return OfApplet(program, all);
        }

        var runtime = FindRuntime(program);
        if (all.Count == 1)
        {
            return runtime is null ? [] : OfTitle(all[0], words);
        }

        return runtime is not null ? OfRuntime(runtime, all, words)
            : program == "beam.smp" ? OfErlang(all)
            : Launchers.Find(program) is { } launcher ? launcher.Keep(all, 0, IsSafe(all[0]) ? null : program)
            : words && IsBareWord(all[1]) ? [all[1]]
            : [];
    }

    /// <summary>True for a program that is only what runs another.</summary>
    public static bool IsRuntime(string exe) => FindRuntime(NameOf(exe)) is not null;

    /// <summary>Assignments, URLs and addresses with users are where passwords stand; a space means code or a rewritten title.</summary>
    public static bool IsSafe(string text)
        => text.Length > 0 && !text.Contains('=') && !text.Contains('@') && !text.Contains("://", StringComparison.Ordinal)
            && !text.Any(c => char.IsControl(c) || c is ' ' or '\uFFFD');

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    // "python3.11" and "php-fpm8.2" are their families; "shred" and "nodeagent" are not.
    private static Runtime? FindRuntime(string name)
        => Array.Find(Runtimes, runtime => Array.Exists(runtime.Prefixes, prefix =>
            name.StartsWith(prefix, StringComparison.Ordinal) && name.AsSpan(prefix.Length).IndexOfAnyExcept(VersionCharacters) < 0));

    private static string[] OfRuntime(Runtime runtime, List<string> all, bool words)
    {
        for (var i = 1; i < all.Count; i++)
        {
            var argument = all[i];
            if (runtime.Code.Contains(argument))
            {
                return [];
            }

            if (runtime.Program.Contains(argument))
            {
                return i + 1 < all.Count ? WithWords(all, i + 1, words) : [];
            }

            if (runtime.WithValue.Contains(argument))
            {
                i++;
            }
            else if (IsShellCode(runtime, argument))
            {
                return [];
            }
            else if (argument.Length > 0 && argument[0] is not ('-' or '+') && !IsArgumentFile(runtime, argument) && !runtime.Words.Contains(argument))
            {
                return WithWords(all, i, words);
            }
        }

        return [];
    }

    // "sh -ec CODE": clustered short options.
    private static bool IsShellCode(Runtime runtime, string argument)
        => runtime.Prefixes[0] is "sh" or "perl" or "ruby" && argument.Length > 2 && argument[0] == '-' && argument[1] != '-'
            && argument.Contains(runtime.Code[0][1]);

    // "java @jvm.options -jar shop.jar"
    private static bool IsArgumentFile(Runtime runtime, string argument) => runtime.Prefixes[0] == "java" && argument[0] == '@';

    // Some programs write a title over their arguments, which is then all that is left. Only its first word and a name in brackets at its end
    // are kept: "gunicorn: worker [shop]", "puma 6.4.0 (tcp://0.0.0.0:3000) [shop]", "next-server (v14.1.0)", "node /srv/app.js".
    private static string[] OfTitle(string title, bool keepWords)
    {
        var words = title.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToList();
        if (words.Count == 0)
        {
            return [];
        }

        if (FindRuntime(NameOf(words[0]).TrimStart('-')) is { } runtime)
        {
            return words.Count > 1 ? OfRuntime(runtime, words, keepWords) : [];
        }

        if (words[0] == "[celeryd:")
        {
            // "[celeryd: worker@host:MainProcess] -active- (worker -A shop.tasks)"
            return Launchers.Find("celery")!.Keep([.. words.Select(word => word.Trim('(', ')'))], words.FindIndex(word => word.StartsWith('(')), "celery");
        }

        var name = words[0].TrimEnd(':');
        var last = words[^1];
        var app = last.Length > 2 && last[0] == '[' && last[^1] == ']' ? last[1..^1] : "";
        return !IsBareWord(name) ? [] : IsBareWord(app) ? [name, app] : [name];
    }

    private static string[] OfApplet(string program, List<string> all)
    {
        // Redis writes a title: "redis-server *:6379".
        var called = NameOf(all[0].Split(' ')[0]).TrimStart('-');
        return called != program ? IsBareWord(called) ? [called] : [] : all.Count > 1 && IsBareWord(all[1]) ? [all[1]] : [];
    }

    // An Erlang node has the name it is known by in its cluster: "-sname rabbit@host".
    private static string[] OfErlang(List<string> all)
    {
        var option = all.FindIndex(argument => argument is "-sname" or "-name");
        var name = option >= 0 && option + 1 < all.Count ? all[option + 1].Split('@')[0] : "";
        return IsBareWord(name) ? [name] : [];
    }

    private static string[] WithWords(List<string> all, int program, bool words)
    {
        if (!IsSafe(all[program]))
        {
            return [];
        }

        if (Launchers.Find(NameOf(all[program])) is { } launcher)
        {
            return launcher.Keep(all, program);
        }

        var end = program + 1;
        while (words && end < all.Count && end < program + 3 && IsBareWord(all[end]))
        {
            end++;
        }

        return [.. all[program..end]];
    }

    private static bool IsBareWord(string text) => text.Length is > 0 and <= MaxBareWord && text[0] != '-' && IsSafe(text);

    private static List<string> Split(ReadOnlySpan<byte> commandLine, bool cut)
    {
        var arguments = new List<string>();
        while (!commandLine.IsEmpty && arguments.Count < MaxArguments)
        {
            var end = commandLine.IndexOf((byte)0);
            if (end < 0 && cut)
            {
                break;
            }

            var argument = end < 0 ? commandLine : commandLine[..end];
            arguments.Add(Encoding.UTF8.GetString(argument[..Math.Min(argument.Length, MaxArgumentBytes)]));
            commandLine = end < 0 ? default : commandLine[(end + 1)..];
        }

        // A title is shorter than the arguments it was written over.
        while (arguments.Count > 0 && arguments[^1].Length == 0)
        {
            arguments.RemoveAt(arguments.Count - 1);
        }

        return arguments;
    }
}
