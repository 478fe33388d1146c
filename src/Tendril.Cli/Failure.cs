using System.CommandLine;
using System.CommandLine.Parsing;
using Tendril.Cli.Terminal;

namespace Tendril.Cli;

/// <summary>A command cannot do what it was asked for. The message says what was tried; the remedy what to do.</summary>
internal sealed class CommandFailedException(int exitCode, string message, string remedy) : Exception(message)
{
    public const int Failed = 1;
    public const int WronglyUsed = 2;

    public int ExitCode { get; } = exitCode;

    public string Remedy { get; } = remedy;
}

/// <summary>Tells the user what went wrong, on standard error, and what to do about it.</summary>
internal static class Failure
{
    public static int Report(CommandFailedException failure)
    {
        Console.Error.WriteLine($"tendril: {Text.CleanLines(failure.Message)}");
        if (failure.Remedy.Length > 0)
        {
            Console.Error.WriteLine(failure.Remedy);
        }

        return failure.ExitCode;
    }

    public static int Usage(ParseResult parsed)
    {
        // A mistyped command is also a missing one; the first of the two facts says nothing.
        var errors = parsed.Errors.Select(error => error.Message).Distinct().ToList();
        foreach (var error in parsed.UnmatchedTokens.Count > 0 && errors.Count > 1 && parsed.CommandResult.Command is RootCommand ? errors.Skip(1) : errors)
        {
            Console.Error.WriteLine($"tendril: {Text.CleanLines(error)}");
        }

        Console.Error.WriteLine($"'{Path(parsed.CommandResult)} --help' shows how to use it, with examples.");
        return CommandFailedException.WronglyUsed;
    }

    /// <summary>"tendril certs issue".</summary>
    private static string Path(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{Path(parent)} {result.Command.Name}" : "tendril";
}
