using System.Text.Json.Nodes;
using Kontena.Contracts.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Kontena.Api.Http;

/// <summary>What an operation's body is, for the API document alone: nothing is refused for its content type (rest-api.md §28.2).</summary>
internal sealed record BodyOf(Type Type);

/// <summary>The OpenAPI 3.1 document at <c>/openapi.json</c>: paths, bodies and successes as they are mapped, everything else from <see cref="RouteFacts"/>.</summary>
internal static class ApiDocument
{
    private const string ErrorSchema = "Error";
    private const string ProblemSchema = "Problem";

    /// <summary>Which need an operation has, by its name; not a word of OpenAPI.</summary>
    private const string NeedExtension = "x-kontena-need";

    public static void AddApiDocument(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, KontenaResponseJson.Default);
            options.SerializerOptions.PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.SnakeCaseLower;
        });
        services.AddOpenApi(options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.AddDocumentTransformer((document, _, _) =>
            {
                Introduce(document);
                return Task.CompletedTask;
            });
            options.AddOperationTransformer(async (operation, context, cancellationToken) =>
            {
                var metadata = context.Description.ActionDescriptor.EndpointMetadata;
                var body = metadata.OfType<BodyOf>().FirstOrDefault();
                if (body is not null)
                {
                    operation.RequestBody = new OpenApiRequestBody
                    {
                        Content = new Dictionary<string, OpenApiMediaType>
                        {
                            ["application/json"] = new() { Schema = await context.GetOrCreateSchemaAsync(body.Type, null, cancellationToken) },
                        },
                    };
                }

                if (metadata.OfType<RouteFacts>().FirstOrDefault() is { } facts)
                    Describe(operation, facts, takesBody: body is not null, HttpMethods.IsPost(context.Description.HttpMethod ?? ""), context.Document);
            });
        });
    }

    public static void MapApiDocument(this IEndpointRouteBuilder routes) => routes.MapOpenApi("/openapi.json");

    private static void Introduce(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Kontena",
            Version = ApiVersion.Announced,
            Description = "The Kontena HTTP API v1. Operations without security say who they are for; all others need a bearer token.",
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes["bearer"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" };
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        document.Components.Schemas[ErrorSchema] = Error();
        document.Components.Schemas[ProblemSchema] = ProblemDetails();
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("bearer", document)] = [] }];
    }

    /// <summary>Clients of the original read a text or an object under <c>error</c>, and break on anything else.</summary>
    private static OpenApiSchema Error() => new()
    {
        Type = JsonSchemaType.Object,
        Required = new HashSet<string> { "error" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["error"] = new OpenApiSchema
            {
                Description = "A sentence or a code; or an object of the fields that are wrong, nested as the body is",
                OneOf = [new OpenApiSchema { Type = JsonSchemaType.String }, new OpenApiSchema { Type = JsonSchemaType.Object }],
            },
            ["error_description"] = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null, Description = "Beside a code: the sentence" },
        },
    };

    private static OpenApiSchema ProblemDetails() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "RFC 9457, for whoever accepts application/problem+json; the members of Error stand beside these",
        Required = new HashSet<string> { "type", "title", "status" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Always about:blank: the status says it" },
            ["title"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
            ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Everything that is wrong, in one line" },
        },
    };

    private static OpenApiParameter KeyParameter() => new()
    {
        Name = IdempotencyKeys.Header,
        In = ParameterLocation.Header,
        Description = "Whoever sends the request again with it within a day gets the first answer, and nothing is done twice",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = IdempotencyKeys.LongestKey },
    };

    private static void Describe(OpenApiOperation operation, RouteFacts facts, bool takesBody, bool isPost, OpenApiDocument? document)
    {
        operation.OperationId = facts.Operation;
        operation.Extensions ??= new Dictionary<string, IOpenApiExtension>();
        operation.Extensions[NeedExtension] = new JsonNodeExtension(JsonValue.Create(facts.Need.Name));
        operation.Description = $"For {facts.Need.Who}.";
        if (!facts.Need.TakesToken)
            operation.Security = [];

        var paths = operation.Parameters?.Where(parameter => parameter.In != ParameterLocation.Query) ?? [];
        operation.Parameters = [.. paths, .. facts.Query.Select(Describe)];
        if (isPost && facts is { Need.TakesToken: true, ShowsOnce: false })
            operation.Parameters.Add(KeyParameter());
        operation.Responses ??= [];
        foreach (var refusal in facts.AllRefusals(takesBody))
        {
            var response = new OpenApiResponse { Description = refusal.Meaning };
            if (refusal.HasBody)
            {
                response.Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/json"] = new() { Schema = new OpenApiSchemaReference(ErrorSchema, document) },
                    [Problem.MediaType] = new() { Schema = new OpenApiSchemaReference(ProblemSchema, document) },
                };
            }

            operation.Responses[refusal.Status.ToString()] = response;
        }
    }

    private static OpenApiParameter Describe(QueryParameter parameter)
    {
        var schema = new OpenApiSchema
        {
            Type = parameter.Type switch
            {
                QueryType.Integer => JsonSchemaType.Integer,
                QueryType.Truth => JsonSchemaType.Boolean,
                QueryType.Repeated => JsonSchemaType.Array,
                _ => JsonSchemaType.String,
            },
            Format = parameter.Type == QueryType.Time ? "date-time" : null,
            Items = parameter.Type == QueryType.Repeated ? new OpenApiSchema { Type = JsonSchemaType.String } : null,
            Minimum = parameter.Least?.ToString(),
            Maximum = parameter.Most?.ToString(),
            Default = parameter.Default is not { } given ? null : parameter.Type == QueryType.Integer ? JsonValue.Create(int.Parse(given)) : JsonValue.Create(given),
            Enum = parameter.OneOf.Count == 0 ? null : [.. parameter.OneOf.Select(one => (JsonNode)one)],
        };
        return new OpenApiParameter
        {
            Name = parameter.Name,
            In = ParameterLocation.Query,
            Description = parameter.Type switch
            {
                QueryType.Presence => $"{parameter.Meaning}. Counts when it is there, whatever its text",
                QueryType.Commas => $"{parameter.Meaning}. Several with commas between them",
                _ => parameter.Meaning,
            },
            Schema = schema,
        };
    }
}
