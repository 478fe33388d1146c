using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Tendril.Graph;

namespace Tendril.Operator.Api;

/// <summary>
/// Says of our documents what the framework does not: that every field is always written, which may be null, and which have a fixed set of
/// words. The dashboard's types are made of it. For the whole document, as the framework shows not every schema to those who change one.
/// </summary>
internal sealed class ExactSchema : IOpenApiDocumentTransformer
{
    private static readonly Dictionary<string, Type> Documents = typeof(GraphNode).Assembly.GetTypes().Concat(typeof(ExactSchema).Assembly.GetTypes())
        .Where(type => type is { IsClass: true, IsSealed: true, IsAbstract: false, ContainsGenericParameters: false } && ApiJson.Default.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Object }).ToDictionary(type => type.Name);

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var (name, schema) in document.Components?.Schemas?.ToList() ?? [])
        {
            if (Documents.TryGetValue(name, out var type) && schema is OpenApiSchema { Properties: { } properties } known)
            {
                var fields = ApiJson.Default.GetTypeInfo(type)!.Properties.Where(field => properties.ContainsKey(field.Name)).ToList();
                known.Required = fields.Select(field => field.Name).ToHashSet();
                fields.ForEach(field => properties[field.Name] = Exact(document, field, properties[field.Name]));
            }
        }

        return Task.CompletedTask;
    }

    private static IOpenApiSchema Exact(OpenApiDocument document, JsonPropertyInfo field, IOpenApiSchema schema)
    {
        schema = Named(document, field.PropertyType, schema);
        if (schema is OpenApiSchema text && WordsOf(field) is { } words)
        {
            text.Enum = words;
        }

        return !field.IsGetNullable || schema.OneOf is { Count: > 0 } || schema.Type?.HasFlag(JsonSchemaType.Null) == true
            ? schema : new OpenApiSchema { OneOf = [new OpenApiSchema { Type = JsonSchemaType.Null }, schema] };
    }

    /// <summary>The framework writes out in place what an event's document is made of.</summary>
    private static IOpenApiSchema Named(OpenApiDocument document, Type type, IOpenApiSchema schema)
    {
        if (schema is OpenApiSchema { Items: { } items } list && type.GenericTypeArguments is [var itemType])
        {
            list.Items = Named(document, itemType, items);
        }

        if (schema is not OpenApiSchema { Type: JsonSchemaType.Object } inline || !Documents.ContainsKey(type.Name))
        {
            return schema;
        }

        if (document.Components!.Schemas!.TryAdd(type.Name, inline))
        {
            document.RegisterComponents();
        }

        return new OpenApiSchemaReference(type.Name, document);
    }

    private static List<JsonNode>? WordsOf(JsonPropertyInfo field) =>
        field.AttributeProvider?.GetCustomAttributes(typeof(AllowedValuesAttribute), false) is [AllowedValuesAttribute allowed, ..]
            ? [.. allowed.Values.Select(word => JsonValue.Create((string)word!)!), .. field.IsGetNullable ? [JsonNullSentinel.JsonNull] : Array.Empty<JsonNode>()]
            : null;
}
