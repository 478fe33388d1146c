using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;

namespace Tendril.Operator.Api;

/// <summary>Reads what a client sends as JSON.</summary>
internal static class JsonBody
{
    /// <summary>The body, which may be null, or what is wrong with it: its type (415), its length (413), or itself (400), by the field where that is known.</summary>
    public static async Task<(T? Body, IResult? Problem)> ReadAsync<T>(HttpRequest request, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        // A form of another site cannot send this type without asking first, and nobody answers that question.
        if (!request.HasJsonContentType())
        {
            return (default, TypedResults.Problem("Content-Type: must be application/json.", statusCode: 415));
        }

        try
        {
            return (await JsonSerializer.DeserializeAsync(request.Body, type, cancellation), null);
        }
        catch (JsonException e)
        {
            return (default, Problems.Invalid(new() { [FieldOf(e)] = [$"This cannot be read: {e.Message}"] }));
        }
        catch (BadHttpRequestException e) when (e.StatusCode == 413)
        {
            var most = request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;
            return (default, TypedResults.Problem($"The body is longer than {most / 1024 / 1024} MiB.", statusCode: 413));
        }
    }

    /// <summary>"nodes" for "$.nodes[3]".</summary>
    private static string FieldOf(JsonException e) =>
        e.Path?.Split('.', '[', ']') is ["$", { Length: > 0 } field, ..] ? field : "body";
}
