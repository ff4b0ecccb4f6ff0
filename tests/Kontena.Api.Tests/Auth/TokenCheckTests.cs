using Kontena.Api.Auth;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Kontena.Api.Tests.Auth;

public sealed class TokenCheckTests(SeededApi seeded) : IClassFixture<SeededApi>
{
    [Fact]
    public async Task Every_path_but_the_open_ones_needs_the_token()
    {
        var api = seeded.Api;
        var routes = api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(route => (route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"])
                .Select(method => (method, path: "/" + route.RoutePattern.RawText!.Trim('/').Replace("{grid}", "main"))))
            .Where(route => !TokenCheck.IsOpen(route.path)).ToList();
        Assert.True(routes.Count > 40);

        foreach (var (method, path) in routes)
        {
            var answer = await api.SendAsync(new HttpMethod(method), path, client: api.Anonymous);
            Assert.True(answer.Status == 403, $"{method} {path} answered {answer.Status}");
            Assert.StartsWith("Bearer realm=\"kontena_master\", error=\"invalid_token\"", answer.WwwAuthenticate);
            Assert.Null(answer.Version);
        }

        Assert.Empty(api.Bus.Asked);
    }

    [Fact]
    public async Task Unknown_paths_tell_strangers_nothing()
    {
        var api = seeded.Api;

        Assert.Equal(403, (await api.SendAsync(HttpMethod.Get, "/v1/nothing", client: api.Anonymous)).Status);
        Assert.Equal(403, (await api.SendAsync(HttpMethod.Get, "/V1/grids", client: api.Anonymous)).Status);
        Assert.Equal(403, (await api.SendAsync(HttpMethod.Get, "/v1/ping/", client: api.Anonymous)).Status);
        Assert.Equal("""{"error":"invalid_token","error_description":"Invalid token"}""",
            (await api.SendAsync(HttpMethod.Get, "/v1/grids", client: api.Anonymous)).Text);
        Assert.Equal("""{"error":"access_denied","error_description":null}""",
            (await api.SendAsync(HttpMethod.Get, "/v1/nodes/main/core-01", client: api.Anonymous)).Text);
    }

    [Theory]
    [InlineData("bearer {0}")]
    [InlineData("Basic {0}")]
    [InlineData("Bearer  {0}")]
    [InlineData("Bearer {0}x")]
    [InlineData("Bearer ")]
    [InlineData("{0}")]
    public async Task Only_the_exact_token_counts(string authorization)
    {
        var api = seeded.Api;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/user");
        request.Headers.TryAddWithoutValidation("Authorization", string.Format(authorization, api.Token));

        Assert.Equal(403, (int)(await api.Anonymous.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode);
    }

    [Theory]
    [InlineData("GET", "/", 200)]
    [InlineData("GET", "/v1/ping", 200)]
    [InlineData("GET", "/openapi.json", 200)]
    [InlineData("POST", "/v1/auth", 403)]
    [InlineData("POST", "/oauth2/token", 400)]
    [InlineData("GET", "/authenticate?redirect_uri=/code", 501)]
    public async Task Open_paths_answer_everybody(string method, string path, int status)
    {
        var api = seeded.Api;

        var answer = await api.SendAsync(new HttpMethod(method), path, client: api.Anonymous);

        Assert.Equal((status, "1.5.4"), (answer.Status, answer.Version));
    }

    [Fact]
    public async Task The_token_belongs_to_the_administrator()
    {
        var api = seeded.Api;

        var user = await api.GetAsync("/v1/user");

        Assert.Equal("""{"id":"61646d696e00000000000000","email":"admin","name":"admin","roles":[{"name":"master_admin","description":"Master admin"}]}""", user.Text);
        Assert.Equal("""{"name":"Kontena Master","tagline":"The Container Platform","version":"1.5.4"}""", (await api.GetAsync("/")).Text);
    }
}
