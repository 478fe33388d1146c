using System.Buffers;
using System.Text;

namespace Tendril.Agent.Identity;

/// <summary>
/// Keeps of a command line only what naming needs, because the rest may hold secrets. For interpreters and runtimes: the script,
/// module, jar or dll, and up to two bare words right after it; for other programs: the first argument if it is a bare word. A word
/// after an option is never kept: it may be that option's value.
/// </summary>
internal static class NamingArguments
{
    private const int MaxArguments = 32;
    private const int MaxArgumentBytes = 256;
    private const int MaxBareWord = 64;
    private static readonly SearchValues<char> VersionCharacters = SearchValues.Create("0123456789.");

    // Options of each family: whose next argument is a value to skip, whose next argument is the program, and after which comes code.
    private sealed record Runtime(string[] Prefixes, string[] WithValue, string[] Program, string[] Code);

    private static readonly Runtime[] Runtimes =
    [
        new(["python", "pypy"], ["-W", "-X", "--check-hash-based-pycs"], ["-m"], ["-c"]),
        new(["node", "nodejs", "bun", "deno"], ["-r", "--require", "--import", "--loader", "--env-file", "-C", "--conditions"], [], ["-e", "--eval", "-p", "--print", "-pe"]),
        new(["java"], ["-cp", "-classpath", "--class-path", "-p", "--module-path", "--add-modules", "--add-opens", "--add-exports", "--add-reads"], ["-jar", "-m", "--module"], []),
        new(["dotnet"], ["--depsfile", "--runtimeconfig", "--additionalprobingpath", "--fx-version", "--roll-forward", "--additional-deps"], [], []),
        new(["ruby", "jruby"], ["-I", "-r", "-C", "-E"], [], ["-e"]),
        new(["perl"], ["-I"], [], ["-e", "-E"]),
        new(["php"], ["-c", "-d", "-z"], ["-f"], ["-r", "-S", "-B", "-R", "-E"]),
        new(["sh", "bash", "dash", "ash", "zsh", "ksh"], ["-o", "+o", "-O", "+O", "--rcfile", "--init-file"], [], ["-c"]),
    ];

    /// <param name="exe">Path of the executable; may be empty, then the first argument tells the program.</param>
    /// <param name="commandLine">Arguments, each ended by NUL.</param>
    /// <param name="cut">True when there was more: the last argument is then not whole.</param>
    public static string[] Keep(string exe, ReadOnlySpan<byte> commandLine, bool cut)
    {
        var all = Split(commandLine, cut);
        if (all.Count < 2)
        {
            return [];
        }

        var program = exe.Length > 0 ? exe : all[0];
        return FindRuntime(program[(program.LastIndexOf('/') + 1)..]) is { } runtime ? OfRuntime(runtime, all)
            : IsBareWord(all[1]) ? [all[1]]
            : [];
    }

    /// <summary>True for a program that is only what runs another.</summary>
    public static bool IsRuntime(string exe) => FindRuntime(exe[(exe.LastIndexOf('/') + 1)..]) is not null;

    // "python3.11" and "php-fpm8.2" are their families; "shred" and "nodeagent" are not.
    private static Runtime? FindRuntime(string name)
        => Array.Find(Runtimes, runtime => Array.Exists(runtime.Prefixes, prefix =>
            name.StartsWith(prefix, StringComparison.Ordinal) && name.AsSpan(prefix.Length).IndexOfAnyExcept(VersionCharacters) < 0));

    private static string[] OfRuntime(Runtime runtime, List<string> all)
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
                return i + 1 < all.Count ? WithWords(all, i + 1) : [];
            }

            if (runtime.WithValue.Contains(argument))
            {
                i++;
            }
            else if (argument.Length > 0 && argument[0] is not ('-' or '+') && !IsShellCode(runtime, argument))
            {
                return argument == "exec" && runtime.Prefixes[0] == "dotnet" ? OfRuntime(runtime, all[i..]) : WithWords(all, i);
            }
            else if (IsShellCode(runtime, argument))
            {
                return [];
            }
        }

        return [];
    }

    // "sh -ec CODE": clustered short options.
    private static bool IsShellCode(Runtime runtime, string argument)
        => runtime.Prefixes[0] is "sh" or "perl" or "ruby" && argument.Length > 2 && argument[0] == '-' && argument[1] != '-'
            && argument.Contains(runtime.Code[0][1]);

    private static string[] WithWords(List<string> all, int program)
    {
        if (!IsSafe(all[program]))
        {
            return [];
        }

        var end = program + 1;
        while (end < all.Count && end < program + 3 && IsBareWord(all[end]))
        {
            end++;
        }

        return [.. all[program..end]];
    }

    private static bool IsBareWord(string text) => text.Length is > 0 and <= MaxBareWord && text[0] != '-' && IsSafe(text);

    // Assignments, URLs and addresses with users are where passwords stand; a space means code or a rewritten title.
    private static bool IsSafe(string text)
        => text.Length > 0 && !text.Contains('=') && !text.Contains('@') && !text.Contains("://", StringComparison.Ordinal)
            && !text.Any(c => char.IsControl(c) || c is ' ' or '\uFFFD');

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

        return arguments;
    }
}
