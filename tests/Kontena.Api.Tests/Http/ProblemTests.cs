using System.Text.Json.Nodes;
using Kontena.Api.Http;

namespace Kontena.Api.Tests.Http;

public sealed class ProblemTests
{
    [Theory]
    [InlineData("""{"error":"Not found"}""", """{"type":"about:blank","title":"Not Found","status":404,"detail":"Not found","error":"Not found"}""")]
    [InlineData("""{"error":{"env":[null,"is no KEY=VALUE"],"name":"is taken"}}""", """{"type":"about:blank","title":"Not Found","status":404,"detail":"is no KEY=VALUE; is taken","error":{"env":[null,"is no KEY=VALUE"],"name":"is taken"}}""")]
    [InlineData("""{"error":"invalid_token","error_description":"Token expired"}""", """{"type":"about:blank","title":"Not Found","status":404,"detail":"Token expired","error":"invalid_token","error_description":"Token expired"}""")]
    [InlineData("""{"error":"access_denied","error_description":null}""", """{"type":"about:blank","title":"Not Found","status":404,"detail":"access_denied","error":"access_denied","error_description":null}""")]
    [InlineData("{}", """{"type":"about:blank","title":"Not Found","status":404}""")]
    public void A_problem_says_what_the_usual_form_says(string body, string problem) =>
        Assert.Equal(problem, Problem.Of(404, JsonNode.Parse(body)).ToJsonString());

    [Theory]
    [InlineData("application/problem+json", true)]
    [InlineData("application/json, application/problem+json;q=0.5", true)]
    [InlineData("application/problem+json;q=0", false)]
    [InlineData("application/json", false)]
    [InlineData("*/*", false)]
    [InlineData("", false)]
    [InlineData(";;;", false)]
    public async Task Whoever_accepts_problems_gets_them_whatever_went_wrong(string accept, bool problem)
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        foreach (var (client, path) in new[] { (api.Http, "/v1/grids/nope"), (api.Http, "/v1/nothing"), (api.Anonymous, "/v1/user") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation("Accept", accept);
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

            Assert.True((int)answer.StatusCode is 403 or 404);
            Assert.Equal(problem, answer.Content.Headers.ContentType?.MediaType == Problem.MediaType);
        }
    }
}
