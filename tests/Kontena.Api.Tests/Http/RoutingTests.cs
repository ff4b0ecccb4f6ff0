namespace Kontena.Api.Tests.Http;

/// <summary>Paths and verbs that are not there, as rest-api.md §1.4 wants them.</summary>
public sealed class RoutingTests(SeededApi seeded) : IClassFixture<SeededApi>
{
    [Theory]
    [InlineData("GET", "/v1/grids/", "application/json")]
    [InlineData("GET", "/v1/grids/main/", "application/json")]
    [InlineData("GET", "/v1//grids", "text/html")]
    [InlineData("GET", "/v1/grids//main", "application/json")]
    [InlineData("GET", "/v1/Grids", "text/html")]
    [InlineData("GET", "/v1/services/main/shop", "application/json")]
    [InlineData("GET", "/v1/grids/main/nothing", "application/json")]
    [InlineData("POST", "/v1/grids/main", "application/json")]
    [InlineData("PATCH", "/v1/services/main/shop/web", "application/json")]
    [InlineData("DELETE", "/v1/grids", "application/json")]
    [InlineData("GET", "/v1/volumes", "application/json")]
    [InlineData("GET", "/v1/volumes/main/data/nothing", "application/json")]
    [InlineData("PUT", "/v1/volumes/main/data", "application/json")]
    [InlineData("POST", "/v1/config", "application/json")]
    [InlineData("DELETE", "/v1/nodes/ABCD:0001", "application/json")]
    [InlineData("GET", "/v1/nothing", "text/html")]
    [InlineData("GET", "/nothing", "text/html")]
    [InlineData("OPTIONS", "/v1/grids", "application/json")]
    public async Task What_is_not_there_is_a_404_without_a_body(string method, string path, string contentType)
    {
        var api = seeded.Api;

        var answer = await api.SendAsync(new HttpMethod(method), path);

        Assert.Equal((404, "Not Found", "", contentType), (answer.Status, answer.Reason, answer.Text, answer.ContentType));
        Assert.Equal("1.5.4", answer.Version);
    }

    [Theory]
    [InlineData("/v1/grids/nope", """{"error":"Not found"}""")]
    [InlineData("/v1/grids/nope/services", """{"error":"Not found"}""")]
    [InlineData("/v1/grids/main/services?stack=nope", """{"error":"Stack not found"}""")]
    [InlineData("/v1/stacks/main/nope", """{"error":"Not found"}""")]
    [InlineData("/v1/services/main/shop/nope", """{"error":"Not found"}""")]
    [InlineData("/v1/services/main/nope/web", """{"error":"Not found"}""")]
    [InlineData("/v1/services/main/shop/web/deploys/zzz", """{"error":"Not found"}""")]
    [InlineData("/v1/stacks/main/shop/deploys/zzz", """{"error":"Not found"}""")]
    [InlineData("/v1/nodes/main/nope", """{"error":"Not found"}""")]
    [InlineData("/v1/nodes/main/AB:CD", """{"error":"Not found"}""")]
    [InlineData("/v1/containers/main/core-01/nope", """{"error":"Not found"}""")]
    [InlineData("/v1/containers/main/core-01/nope/logs", """{"error":"Not found"}""")]
    [InlineData("/v1/containers/main/core-01/nope/exec", """{"error":"Not found"}""")]
    [InlineData("/v1/services/main/shop/web/instances/zzz", "")]
    public async Task What_is_unknown_is_a_404_in_its_own_words(string path, string body)
    {
        var api = seeded.Api;

        var answer = await api.GetAsync(path);

        Assert.Equal((404, body, "application/json"), (answer.Status, answer.Text, answer.ContentType));
    }

    [Theory]
    [InlineData("/v1/grids/main/services?stack", 1)]
    [InlineData("/v1/grids/main/services?stack=", 1)]
    [InlineData("/v1/grids/main/services?stack=shop", 1)]
    [InlineData("/v1/grids/main/services?stack=null", 0)]
    public async Task A_filter_without_a_value_filters_nothing(string path, int services)
    {
        var answer = await seeded.Api.GetAsync(path);

        Assert.Equal((200, services), (answer.Status, answer.Json["services"]!.AsArray().Count));
    }
}
