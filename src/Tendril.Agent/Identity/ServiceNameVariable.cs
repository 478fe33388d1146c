using System.Text;

namespace Tendril.Agent.Identity;

/// <summary>
/// The name that a process was given for its telemetry. An environment holds secrets: nothing but this name ever leaves here.
/// </summary>
internal static class ServiceNameVariable
{
    /// <summary>A name of more bytes is none that a person gave.</summary>
    public const int MaxBytes = 128;

    /// <summary>OTEL_SERVICE_NAME, else service.name of OTEL_RESOURCE_ATTRIBUTES, as OpenTelemetry ranks them; empty when there is none.</summary>
    /// <param name="environment">/proc/PID/environ: variables, each ended by NUL. One that is cut off at the end is not read.</param>
    public static string Find(ReadOnlySpan<byte> environment)
    {
        var fromAttributes = "";
        for (int end; (end = environment.IndexOf((byte)0)) >= 0; environment = environment[(end + 1)..])
        {
            var variable = environment[..end];
            if (TryCut(variable, "OTEL_SERVICE_NAME="u8, out var value) && Name(value) is { Length: > 0 } name)
            {
                return name;
            }

            if (fromAttributes.Length == 0 && TryCut(variable, "OTEL_RESOURCE_ATTRIBUTES="u8, out var attributes))
            {
                fromAttributes = FromAttributes(attributes);
            }
        }

        return fromAttributes;
    }

    // "deployment.environment=prod,service.name=shop%20api"
    private static string FromAttributes(ReadOnlySpan<byte> attributes)
    {
        while (!attributes.IsEmpty)
        {
            var comma = attributes.IndexOf((byte)',');
            var attribute = (comma < 0 ? attributes : attributes[..comma]).Trim((byte)' ');
            if (TryCut(attribute, "service.name="u8, out var value) && value.Length <= 3 * MaxBytes)
            {
                return Name(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(Encoding.UTF8.GetString(value))));
            }

            attributes = comma < 0 ? default : attributes[(comma + 1)..];
        }

        return "";
    }

    // "unknown_service:java" is what the libraries say when nobody gave a name.
    private static string Name(ReadOnlySpan<byte> value)
    {
        value = value.Trim((byte)' ');
        return value.Length > MaxBytes || value.StartsWith("unknown_service"u8) ? ""
            : Encoding.UTF8.GetString(value) is var name && name.Any(c => char.IsControl(c) || c == '\uFFFD') ? "" : name;
    }

    private static bool TryCut(ReadOnlySpan<byte> text, ReadOnlySpan<byte> prefix, out ReadOnlySpan<byte> rest)
    {
        var has = text.StartsWith(prefix);
        rest = has ? text[prefix.Length..] : default;
        return has;
    }
}
