namespace Kontena.Api.Tests.Http;

/// <summary>Query parameters as clients send them.</summary>
public sealed class QueryTests(SeededApi seeded) : IClassFixture<SeededApi>
{
    [Theory]
    [InlineData("GET", "/v1/admin/dead-letters?letters=many")]
    [InlineData("GET", "/v1/admin/dead-letters?letters=101")]
    [InlineData("GET", "/v1/admin/dead-letters?letters=99999999999999999999")]
    [InlineData("POST", "/v1/admin/dead-letters/some_error/replay?limit=all")]
    [InlineData("POST", "/v1/admin/dead-letters/some_error/replay?limit=0")]
    [InlineData("GET", "/v1/services/main/shop/web/explain?instance=first")]
    [InlineData("GET", "/v1/grids/main/simulation?add=1001")]
    public async Task A_number_that_is_none_or_out_of_range_is_refused_in_words(string method, string path)
    {
        var answer = await seeded.Api.SendAsync(new HttpMethod(method), path);

        Assert.Equal((422, "application/json"), (answer.Status, answer.ContentType));
        Assert.NotNull(answer.Json["error"]);
    }

    [Theory]
    [InlineData("/v1/admin/dead-letters?letters")]
    [InlineData("/v1/admin/dead-letters?letters=0&queue")]
    [InlineData("/v1/grids/main/stats?limit&sort")]
    [InlineData("/v1/containers/main?all")]
    public async Task A_bare_name_counts_as_not_there(string path) => Assert.Equal(200, (await seeded.Api.GetAsync(path)).Status);
}
