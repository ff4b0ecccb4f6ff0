using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Kontena.Api.Http;
using Kontena.Contracts.Http;
using Kontena.Contracts.Messaging;

namespace Kontena.Api.PublicBus;

/// <summary>The AsyncAPI 3.0 document at <c>/asyncapi.json</c>: how to command over the broker, made from the types and the route table.</summary>
internal static class AsyncApiDocument
{
    public const string Path = "/asyncapi.json";

    public static void AddPublicBus(this IServiceCollection services)
    {
        services.AddSingleton<PipelineTap>();
        services.AddSingleton<Microsoft.AspNetCore.Hosting.IStartupFilter>(provider => provider.GetRequiredService<PipelineTap>());
        services.AddSingleton(provider => new OperationTable(provider.GetServices<EndpointDataSource>()));
        services.AddSingleton<CommandDesk>();
    }

    public static void MapAsyncApiDocument(this IEndpointRouteBuilder routes)
    {
        byte[]? bytes = null;
        routes.MapGet(Path, (OperationTable operations) => Results.Bytes(
                bytes ??= Encoding.UTF8.GetBytes(Of(operations.All).ToJsonString(KontenaResponseJson.Wire.Options)), "application/json"))
            .WithFacts("showAsyncApi", Need.Anonymous).ExcludeFromDescription();
    }

    /// <summary>Pure. Operations in the order given.</summary>
    public static JsonObject Of(IReadOnlyList<PublicOperation> all)
    {
        var schemas = new JsonObject { ["Command"] = Command(all), ["Reply"] = Reply(), ["Problem"] = Problem() };
        var messages = new JsonObject();
        var ofChannel = new JsonObject();
        var operations = new JsonObject();
        foreach (var one in all)
        {
            messages[one.Id] = Message(one, schemas);
            ofChannel[one.Id] = Reference($"#/components/messages/{one.Id}");
            operations[one.Id] = Operation(one);
        }

        messages["Reply"] = new JsonObject
        {
            ["name"] = "Reply", ["contentType"] = "application/json", ["correlationId"] = CorrelationId(), ["payload"] = Reference("#/components/schemas/Reply"),
        };
        return new JsonObject
        {
            ["asyncapi"] = "3.0.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Kontena",
                ["version"] = ApiVersion.Announced,
                ["description"] = "Commands over the broker, in JSON. An integration (POST /v1/integrations) has a broker user of its own. It publishes to the exchange "
                    + $"{Queues.PublicCommands} with the property user_id set to its login, which the broker checks, and reads answers from a queue whose name begins "
                    + "with integration.NAME. and which it names in reply_to. The same operations, rules and errors as over HTTP.",
            },
            ["defaultContentType"] = "application/json",
            ["channels"] = new JsonObject
            {
                ["commands"] = new JsonObject
                {
                    ["address"] = Queues.PublicCommands,
                    ["description"] = "At most 1 MB each and a few messages at once of each api; 10,000 wait, more are refused to publisher confirms.",
                    ["messages"] = ofChannel,
                    ["bindings"] = new JsonObject
                    {
                        ["amqp"] = new JsonObject
                        {
                            ["is"] = "routingKey",
                            ["exchange"] = new JsonObject { ["name"] = Queues.PublicCommands, ["type"] = "fanout", ["durable"] = true, ["autoDelete"] = false },
                            ["bindingVersion"] = "0.3.0",
                        },
                    },
                },
                ["replies"] = new JsonObject
                {
                    ["address"] = null,
                    ["description"] = "A queue that the integration has made for itself; its name begins with integration.NAME.",
                    ["messages"] = new JsonObject { ["Reply"] = Reference("#/components/messages/Reply") },
                },
            },
            ["operations"] = operations,
            ["components"] = new JsonObject { ["messages"] = messages, ["schemas"] = schemas },
        };
    }

    private static JsonObject Operation(PublicOperation one) => new()
    {
        ["action"] = "receive",
        ["channel"] = Reference("#/channels/commands"),
        ["summary"] = one.Summary,
        ["description"] = $"{one.Method} {one.Path} over HTTP. For {one.Facts.Need.Who}.",
        ["messages"] = new JsonArray(Reference($"#/channels/commands/messages/{one.Id}")),
        ["reply"] = new JsonObject
        {
            ["address"] = new JsonObject { ["location"] = "$message.header#/reply_to" },
            ["channel"] = Reference("#/channels/replies"),
            ["messages"] = new JsonArray(Reference("#/channels/replies/messages/Reply")),
        },
        ["x-kontena-need"] = one.Facts.Need.Name,
        ["x-kontena-refusals"] = new JsonObject(one.Facts.AllRefusals(one.Body is not null).Select(refusal =>
            KeyValuePair.Create<string, JsonNode?>(refusal.Status.ToString(System.Globalization.CultureInfo.InvariantCulture), refusal.Meaning))),
    };

    private static JsonObject Message(PublicOperation one, JsonObject schemas)
    {
        var fields = new JsonObject { ["operation"] = new JsonObject { ["const"] = one.Id } };
        var required = new JsonArray("operation");
        if (Parameters(one) is { } parameters)
            fields["parameters"] = parameters;
        if (one.Pattern.Parameters.Count > 0)
            required.Add("parameters");
        if (one.Body is { } body)
        {
            schemas[NameOf(body)] ??= SchemaOf(body);
            fields["body"] = Reference($"#/components/schemas/{NameOf(body)}");
        }

        return new JsonObject
        {
            ["name"] = one.Id,
            ["contentType"] = "application/json",
            ["correlationId"] = CorrelationId(),
            ["payload"] = new JsonObject
            {
                ["allOf"] = new JsonArray(Reference("#/components/schemas/Command"), new JsonObject { ["type"] = "object", ["properties"] = fields, ["required"] = required }),
            },
        };
    }

    private static JsonObject? Parameters(PublicOperation one)
    {
        var known = new JsonObject();
        foreach (var part in one.Pattern.Parameters)
            known[part.Name] = new JsonObject { ["type"] = "string" };
        foreach (var query in one.Facts.Query.Where(query => query != Logs.LogFilter.Follow))
            known[query.Name] = new JsonObject { ["type"] = new JsonArray("string", "number", "boolean", "array"), ["description"] = query.Meaning };
        return known.Count == 0 ? null : new JsonObject
        {
            ["type"] = "object", ["properties"] = known, ["additionalProperties"] = false,
            ["required"] = new JsonArray([.. one.Pattern.Parameters.Select(part => (JsonNode)part.Name)]),
        };
    }

    private static JsonObject Command(IReadOnlyList<PublicOperation> all) => new()
    {
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["description"] = "Either an operation, or a method and a path as over HTTP.",
        ["properties"] = new JsonObject
        {
            ["operation"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. all.Select(one => (JsonNode)one.Id)]) },
            ["method"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray("GET", "POST", "PUT", "PATCH", "DELETE") },
            ["path"] = new JsonObject { ["type"] = "string", ["pattern"] = "^/v1/[^?#]*$", ["description"] = "As it is, not escaped" },
            ["parameters"] = new JsonObject { ["type"] = "object", ["description"] = "Those of the path, beside an operation, and those of the query" },
            ["body"] = new JsonObject { ["description"] = "As over HTTP" },
            ["idempotency_key"] = new JsonObject
            {
                ["type"] = "string", ["minLength"] = 1, ["maxLength"] = 255,
                ["description"] = "Printable ASCII, taken as the header Idempotency-Key: a POST with a key is answered as the first time for a day, other methods do nothing twice. "
                    + "Without it a change that the broker hands over again is refused with 409",
            },
        },
    };

    private static JsonObject Reply() => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray("status", "body"),
        ["properties"] = new JsonObject
        {
            ["status"] = new JsonObject { ["type"] = "integer", ["description"] = "That of HTTP" },
            ["body"] = new JsonObject { ["description"] = "As over HTTP below 400, null for none; from 400 on a Problem" },
        },
    };

    private static JsonObject Problem() => new()
    {
        ["type"] = "object",
        ["description"] = "RFC 9457, as over HTTP",
        ["required"] = new JsonArray("type", "title", "status"),
        ["properties"] = new JsonObject
        {
            ["type"] = new JsonObject { ["type"] = "string" },
            ["title"] = new JsonObject { ["type"] = "string" },
            ["status"] = new JsonObject { ["type"] = "integer" },
            ["detail"] = new JsonObject { ["type"] = "string", ["description"] = "Everything that is wrong, in one line" },
            ["error"] = new JsonObject { ["description"] = "A sentence; or an object with what is wrong, each at its field: what was found, what is expected" },
        },
    };

    private static JsonNode SchemaOf(Type type) =>
        KontenaResponseJson.Wire.GetTypeInfo(type) is { } known ? known.GetJsonSchemaAsNode() : new JsonObject { ["type"] = "object" };

    /// <summary>Letters and digits, also of a dictionary.</summary>
    private static string NameOf(Type type) => type.Name.Split('`')[0] + string.Concat(type.GenericTypeArguments.Select(NameOf));

    private static JsonObject CorrelationId() => new() { ["location"] = "$message.header#/correlation_id" };

    private static JsonObject Reference(string to) => new() { ["$ref"] = to };
}
