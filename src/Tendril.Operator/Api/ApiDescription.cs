using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace Tendril.Operator.Api;

/// <summary>The OpenAPI document at /openapi/v1.json and the page to browse it at /docs, which asks nothing of other addresses.</summary>
internal static class ApiDescription
{
    public static void AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
        options.AddDocumentTransformer((document, _, _) =>
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
    public static RouteHandlerBuilder WithQuery(this RouteHandlerBuilder route, string name, string description) =>
        route.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = name,
                In = ParameterLocation.Query,
                Description = description,
                Schema = new OpenApiSchema { Type = name == "depth" ? JsonSchemaType.Integer : JsonSchemaType.String },
            });
            return Task.CompletedTask;
        });
}
