using System.Globalization;

namespace Tendril.Operator.Api;

/// <summary>The filters of a request for the graph, or all that is wrong with them, by field.</summary>
internal sealed record GraphQuery(string? Service, int Depth, DateTimeOffset? Since, string Format)
{
    public const int MaxDepth = 32;
    private static readonly string[] Fields = ["service", "depth", "since", "format"];

    public bool IsWhole => Service is null && Since is null;

    public static (GraphQuery Query, Dictionary<string, string[]> Errors) Read(IQueryCollection query, DateTimeOffset now)
    {
        var errors = QueryFields.Check(query, Fields);
        string? service = query["service"];
        if (service is { Length: 0 or > 512 })
        {
            errors["service"] = ["Must be the id or the name of a service, 1 to 512 characters."];
        }

        var depth = 1;
        string? depthText = query["depth"];
        if (depthText is not null && (!int.TryParse(depthText, NumberStyles.None, CultureInfo.InvariantCulture, out depth) || depth > MaxDepth))
        {
            errors["depth"] = [$"'{depthText}' is not a whole number from 0 to {MaxDepth}."];
        }
        else if (depthText is not null && service is null)
        {
            errors["depth"] = ["Counts hops from a service; name it in 'service'."];
        }

        DateTimeOffset? since = null;
        string? sinceText = query["since"];
        if (sinceText is not null && (since = ReadSince(sinceText, now)) is null)
        {
            errors["since"] = [$"'{sinceText}' is neither a time such as 2026-01-31T12:00:00Z nor a duration such as 15m (ms, s, m, h, d)."];
        }

        var format = (string?)query["format"] ?? "json";
        if (!GraphExport.Formats.Contains(format))
        {
            errors["format"] = [$"'{format}' is none of {string.Join(", ", GraphExport.Formats)}."];
        }

        return (new(service, depth, since, format), errors);
    }

    private static DateTimeOffset? ReadSince(string text, DateTimeOffset now)
    {
        if (OperatorSettings.TryDuration(text, out var duration))
        {
            return now - duration;
        }

        // A plus sign in a query string arrives as a space where the client did not encode it.
        return DateTimeOffset.TryParseExact(
            text.Replace(' ', '+'), ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out var time) ? time : null;
    }
}

/// <summary>A misspelt filter that is silently ignored would answer another question than was asked.</summary>
internal static class QueryFields
{
    public static Dictionary<string, string[]> Check(IQueryCollection query, params string[] known)
    {
        var errors = new Dictionary<string, string[]>();
        foreach (var (field, values) in query)
        {
            if (!known.Contains(field))
            {
                errors[field] = [known.Length == 0 ? "Unknown parameter; there are none here." : $"Unknown parameter; there are: {string.Join(", ", known)}."];
            }
            else if (values.Count > 1)
            {
                errors[field] = ["Given more than once; give it once."];
            }
        }

        return errors;
    }
}
