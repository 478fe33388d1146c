using System.Net;

namespace Tendril.Operator.Naming;

/// <summary>The name of something outside, as DNS or TLS has it. It comes from strangers.</summary>
internal static class OutsideName
{
    public const int MaxLength = 253;

    /// <summary>In lower case, without the root's dot; null for what is no host name, and for an address, which would pass for one that was seen.</summary>
    public static string? Read(string? text)
    {
        var name = text?.TrimEnd('.').ToLowerInvariant();
        return name is { Length: > 0 and <= MaxLength } && name.Split('.').All(IsLabel) && !IPAddress.TryParse(name, out _) ? name : null;
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
