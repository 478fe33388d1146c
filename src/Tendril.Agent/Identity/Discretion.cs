using System.IO.Enumeration;

namespace Tendril.Agent.Identity;

/// <summary>How much of what processes say of themselves is captured; the rest never leaves the look at them.</summary>
/// <param name="Words">Whether bare words of a command line are kept beside the program's name.</param>
/// <param name="Redacted">Patterns with * and ?; what fits one of them is left out, whatever it is for.</param>
internal sealed record Discretion(bool Words, IReadOnlyList<string> Redacted)
{
    /// <summary>The arguments that may be told.</summary>
    public string[] Of(string[] arguments) => Redacted.Count == 0 ? arguments : [.. arguments.Where(argument => !IsRedacted(argument))];

    /// <summary>The text, or nothing.</summary>
    public string Of(string text) => IsRedacted(text) ? "" : text;

    private bool IsRedacted(string text) => Redacted.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, text));
}
