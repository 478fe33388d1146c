using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Tendril.Cli.Commands;

internal static class OptionExtensions
{
    /// <summary>Only one of these values; said so in help and on a wrong one.</summary>
    public static Option<string> Only(this Option<string> option, params string[] values)
    {
        option.HelpName = string.Join('|', values);
        option.CompletionSources.Add(values);
        option.Validators.Add(result =>
        {
            if (Given(result) is { } given && !values.Contains(given))
            {
                result.AddError($"{option.Name} is '{given}', but must be one of {string.Join(", ", values)}.");
            }
        });
        return option;
    }

    /// <summary>Only whole numbers in this range.</summary>
    public static Option<int?> Between(this Option<int?> option, int least, int most)
    {
        option.CustomParser = result => int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : Refuse(result, option.Name, least, most);
        return option;
    }

    private static string? Given(OptionResult result) => result.Tokens is [var token] ? token.Value : null;

    private static int? Refuse(ArgumentResult result, string option, int least, int most)
    {
        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{option} is '{result.Tokens[0].Value}', but must be a whole number from {least} to {most}."));
        return null;
    }
}
