using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;

namespace Tendril.Cli;

/// <summary>The usual help, followed by the command's examples.</summary>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var code = usual.Invoke(parseResult);
        if (CommandExamples.Of(parseResult.CommandResult.Command) is { } examples)
        {
            parseResult.InvocationConfiguration.Output.WriteLine($"Examples:\n  {examples.ReplaceLineEndings("\n  ")}");
        }

        return code;
    }
}

internal static class CommandExamples
{
    private static readonly ConditionalWeakTable<Command, string> Examples = [];

    public static Command WithExamples(this Command command, string examples)
    {
        Examples.Add(command, examples);
        return command;
    }

    public static string? Of(Command command) => Examples.TryGetValue(command, out var examples) ? examples : null;
}
