using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Tendril.Operator.Api;

/// <summary>The OpenAPI document at /openapi/v1.json and the page to browse it at /docs, which asks nothing of other addresses.</summary>
internal static class ApiDescription
{
    public static void AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
        options.AddDocumentTransformer<ExactSchema>().AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new()
            {
                Title = "Tendril operator",
                Version = OperatorHelp.Version,
                Description = "The live map of which service depends on which, as the agents' kernels see it.",
                License = new() { Name = "Apache-2.0", Identifier = "Apache-2.0" },
            };
            // Relative, so that the page works under whatever name the operator is reached by.
            document.Servers = [new() { Url = "/" }];
            return Task.CompletedTask;
        }));

    public static void MapApiDescription(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/openapi/{documentName}.json");
        routes.MapScalarApiReference("/docs", options =>
        {
            options.WithTitle("Tendril API").DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp().HideClientButton()
                .HideDeveloperTools().AddDocument("v1");
        });
    }

    /// <summary>Parameters that are read by hand, so that all wrong ones are told at once, are described by hand too.</summary>
    public static RouteHandlerBuilder WithQuery(this RouteHandlerBuilder route, string name, string description, params string[] words) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Query,
                Required = name is "source" or "target",
                Description = description,
                Schema = new OpenApiSchema
                {
                    Type = name is "depth" or "port" ? JsonSchemaType.Integer : JsonSchemaType.String,
                    Enum = words.Length == 0 ? null : [.. words.Select(word => JsonValue.Create(word))],
                },
            });
            return Task.CompletedTask;
        });

    /// <summary>What a graph is written in beside JSON.</summary>
    public static RouteHandlerBuilder ProducesExports(this RouteHandlerBuilder route) => route.AddOpenApiOperationTransformer((operation, _, _) =>
    {
        foreach (var format in GraphExport.Formats.Where(format => format != "json"))
        {
            operation.Responses!["200"].Content![GraphExport.ContentType(format).Split(';')[0]] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
        }

        return Task.CompletedTask;
    });

    /// <summary>A stream of events whose data is JSON: by the event's name, the document in it.</summary>
    public static RouteHandlerBuilder ProducesEvents(this RouteHandlerBuilder route, params (string Event, Type Document)[] events) =>
        route.Produces(200, contentType: "text/event-stream").AddOpenApiOperationTransformer(async (operation, context, cancellation) =>
        {
            var data = new List<IOpenApiSchema>();
            foreach (var (_, type) in events)
            {
                context.Document!.AddComponent(type.Name, await context.GetOrCreateSchemaAsync(type, null, cancellation));
                data.Add(new OpenApiSchemaReference(type.Name, context.Document));
            }

            var answer = operation.Responses!["200"];
            answer.Description = "Events: " + string.Join(", ", events.Select(e => $"`{e.Event}` ({e.Document.Name})"));
            answer.Content!["text/event-stream"] = new() { Schema = new OpenApiSchema { OneOf = data } };
        });
}
