using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Scalar.AspNetCore;
using Slipway.Contracts;

namespace Slipway.Api.Http;

/// <summary>The description of the API: OpenAPI 3.1 at <c>/openapi/v1.json</c>, browsable at <c>/docs</c>.</summary>
public static class OpenApi
{
    /// <summary>Registers the document.</summary>
    public static void AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Slipway";
            document.Info.Description = "From a container image to a running, monitored app. Sign in at /api/account/login and send the access token as 'Authorization: Bearer …'.";
            document.Components ??= new();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes["bearer"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" };
            (document.Security ??= []).Add(new() { [new OpenApiSecuritySchemeReference("bearer", document)] = [] });
            return Task.CompletedTask;
        });
        // A field of a patch is described as the value that it may be changed to.
        options.AddSchemaTransformer(async (schema, context, cancel) =>
        {
            var type = context.JsonTypeInfo.Type;
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Change<>))
            {
                var value = await context.GetOrCreateSchemaAsync(type.GenericTypeArguments[0], null, cancel);
                schema.Type = value.Type | JsonSchemaType.Null;
                schema.Format = value.Format;
            }
        });
    });

    /// <summary>Maps document and page.</summary>
    public static void MapApiDescription(this WebApplication app)
    {
        app.MapOpenApi().AllowAnonymous();
        app.MapScalarApiReference("/docs", options => options.WithTitle("Slipway API").DisableDefaultFonts()).AllowAnonymous();
    }
}
