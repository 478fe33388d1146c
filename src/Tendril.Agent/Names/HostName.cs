namespace Tendril.Agent.Names;

/// <summary>Names of hosts as DNS has them.</summary>
internal static class HostName
{
    /// <summary>RFC 1035 section 2.3.4, as text.</summary>
    public const int MaxLength = 253;

    /// <summary>Letters, digits, hyphens and underscores between dots: nothing that could be mistaken for anything else on a screen or in an id.</summary>
    public static bool IsValid(string name) =>
        name.Length is > 0 and <= MaxLength && name[0] != '.' && name[^1] != '.' && !name.Contains("..", StringComparison.Ordinal)
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
