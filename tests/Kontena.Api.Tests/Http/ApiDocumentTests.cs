using System.Text.Json.Nodes;

namespace Kontena.Api.Tests.Http;

/// <summary>The OpenAPI document says what the routes say of themselves.</summary>
public sealed class ApiDocumentTests(SeededApi seeded) : IClassFixture<SeededApi>
{
    [Fact]
    public async Task The_document_describes_the_paths()
    {
        var document = await ReadAsync();

        Assert.StartsWith("3.1", (string?)document["openapi"]);
        var service = document["paths"]!["/v1/services/{grid}/{stack}/{service}"]!.AsObject();
        Assert.Equal(["get", "put", "delete"], service.Select(operation => operation.Key));
        Assert.NotNull(service["put"]!["requestBody"]);
        var properties = document["components"]!["schemas"]!["ServiceJson"]!["properties"]!.AsObject();
        Assert.Contains(properties, property => property.Key == "instance_counts");
    }

    [Fact]
    public async Task Every_operation_has_its_id_its_need_and_its_refusals()
    {
        var operations = Operations(await ReadAsync()).ToList();

        Assert.True(operations.Count > 60, $"only {operations.Count} operations were read");
        Assert.Equal(operations.Count, operations.Select(one => (string?)one["operationId"]).OfType<string>().Distinct().Count());
        foreach (var operation in operations)
        {
            var isOpen = operation["security"] is JsonArray { Count: 0 };
            Assert.Equal(isOpen, (string?)operation["x-kontena-need"] is "anonymous" or "node");
            // An open one has one only for a reason of its own.
            Assert.True(isOpen || operation["responses"]!["403"] is not null, (string?)operation["operationId"]);
        }
    }

    [Fact]
    public async Task A_refusal_is_described_with_the_body_it_has()
    {
        var document = await ReadAsync();
        var create = document["paths"]!["/v1/grids/{grid}/services"]!["post"]!;

        Assert.Equal("createService", (string?)create["operationId"]);
        Assert.Equal(["201", "400", "403", "404", "413", "422", "503"], create["responses"]!.AsObject().Select(one => one.Key).Order(StringComparer.Ordinal));
        Assert.Equal("#/components/schemas/Error", (string?)create["responses"]!["422"]!["content"]!["application/json"]!["schema"]!["$ref"]);
        Assert.Equal("""["error"]""", document["components"]!["schemas"]!["Error"]!["required"]!.ToJsonString());
    }

    [Fact]
    public async Task Query_parameters_have_their_type_default_and_range()
    {
        var document = await ReadAsync();
        var logs = Parameters(document, "/v1/services/{grid}/{stack}/{service}/container_logs");
        var stats = Parameters(document, "/v1/grids/{grid}/stats");
        var services = Parameters(document, "/v1/grids/{grid}/services");

        Assert.Equal(["grid", "stack", "service", "limit", "from", "since", "search", "follow", "container", "instance"], logs.Select(one => (string?)one["name"]));
        Assert.Equal("""{"maximum":10000,"minimum":1,"type":"integer","default":100}""", SchemaOf(logs, "limit"));
        Assert.Equal("""{"enum":["cpu","memory","rx_bytes","tx_bytes"],"type":"string","default":"cpu"}""", SchemaOf(stats, "sort"));
        Assert.Equal(["grid", "stack"], services.Select(one => (string?)one["name"]));
        Assert.All(logs, one => Assert.Equal((string?)one["in"] == "path", (bool?)one["required"] ?? false));
    }

    private async Task<JsonNode> ReadAsync() =>
        (await seeded.Api.SendAsync(HttpMethod.Get, "/openapi.json", client: seeded.Api.Anonymous)).Json;

    private static IEnumerable<JsonNode> Operations(JsonNode document) =>
        document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()).Select(operation => operation.Value!);

    private static IReadOnlyList<JsonNode> Parameters(JsonNode document, string path) => [.. document["paths"]![path]!["get"]!["parameters"]!.AsArray().OfType<JsonNode>()];

    private static string SchemaOf(IReadOnlyList<JsonNode> parameters, string name) => parameters.Single(one => (string?)one["name"] == name)["schema"]!.ToJsonString();
}
