using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;

namespace Tendril.Fuzz;

/// <summary>Gives an input to what is tried. It returns for inputs that are taken and for those that are refused as documented; what it throws is a finding.</summary>
internal delegate void Attempt(ReadOnlySpan<byte> input);

/// <summary>Something that reads what strangers wrote.</summary>
/// <param name="Name">As in docs/fuzzing.md and of the folder in tests/corpus.</param>
/// <param name="MaxBytes">Of an input.</param>
/// <param name="Words">What its language is made of.</param>
internal sealed record Target(string Name, int MaxBytes, Attempt Try, params string[] Words)
{
    /// <summary>The words as bytes; \0 to \u00FF stand for themselves.</summary>
    public IReadOnlyList<byte[]> Tokens { get; } = [.. Words.Select(Encoding.Latin1.GetBytes)];

    public static IReadOnlyList<Target> All { get; } =
        [.. Targets.NetworkTargets.All, .. Targets.ProcessTargets.All, .. Targets.OperatorTargets.All, .. Targets.StreamTargets.All];

    /// <summary>A property that every input must leave true.</summary>
    /// <exception cref="PropertyBrokenException">It is not.</exception>
    public static void Hold([DoesNotReturnIf(false)] bool holds, string what = "", [CallerArgumentExpression(nameof(holds))] string property = "")
    {
        if (!holds)
        {
            throw new PropertyBrokenException($"{property}{(what.Length > 0 ? ": " : "")}{what}");
        }
    }
}

internal sealed class PropertyBrokenException(string message) : Exception(message);
