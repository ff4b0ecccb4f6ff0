using Kontena.Docker.Transport;

namespace Kontena.Docker.Tests.Wire;

public class VersionTests : WireTest
{
    [Theory]
    [InlineData("1.41", "1.12", "1.41")]
    [InlineData("1.45", "1.24", "1.45")]
    [InlineData("1.52", "1.44", "1.52")]
    [InlineData("1.99", "1.44", "1.52")]
    [InlineData("1.41", null, "1.41")]
    public void The_newest_version_both_speak_is_chosen(string newest, string? oldest, string chosen) =>
        Assert.Equal(chosen, ApiVersion.Choose(newest, oldest, "x").ToString());

    [Theory]
    [InlineData("1.40", "1.12", "Upgrade Docker")]
    [InlineData("2.10", "2.1", "Upgrade Kontena")]
    [InlineData("1.99", "1.60", "Upgrade Kontena")]
    [InlineData("nonsense", "1.12", "Is this a Docker Engine?")]
    [InlineData(null, null, "Is this a Docker Engine?")]
    public void Without_a_common_version_it_says_who_is_too_old(string? newest, string? oldest, string says) =>
        Assert.Contains(says, Assert.Throws<EngineException>(() => ApiVersion.Choose(newest, oldest, "19.03")).Message);

    [Fact]
    public async Task The_version_is_asked_once_however_many_call()
    {
        var (server, client) = Start(request => request.Call == "/info" ? WireAnswer.Json("{}") : null);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.InfoAsync(Cancel)));

        Assert.Single(server.Requests, r => r.Path == "/version");
        Assert.Equal(20, server.Requests.Count(r => r.Path == "/v1.45/info"));
    }

    [Fact]
    public async Task A_failed_question_is_asked_again_at_the_next_call()
    {
        var asked = 0;
        var (_, client) = Start(request => request.Path == "/version"
            ? ++asked == 1 ? WireAnswer.Json("""{"message":"starting"}""", 503) : null
            : WireAnswer.Json("{}"));

        Assert.Equal(503, (await Assert.ThrowsAsync<EngineException>(() => client.InfoAsync(Cancel))).Status);
        await client.InfoAsync(Cancel);
    }

    [Fact]
    public async Task An_engine_upgraded_meanwhile_is_asked_again()
    {
        var upgraded = false;
        var (server, client) = Start(request => request.Path switch
        {
            "/version" when upgraded => WireAnswer.Json("""{"Version":"29.0","ApiVersion":"1.52","MinAPIVersion":"1.50"}"""),
            "/version" => null,
            _ when upgraded && !request.Path.StartsWith("/v1.52/", StringComparison.Ordinal) =>
                WireAnswer.Json("""{"message":"client version 1.45 is too old. Minimum supported API version is 1.50"}""", 400),
            _ => WireAnswer.Json("{}"),
        });
        await client.InfoAsync(Cancel);

        upgraded = true;
        Assert.Contains("too old", (await Assert.ThrowsAsync<EngineException>(() => client.InfoAsync(Cancel))).Message);
        await client.InfoAsync(Cancel);

        Assert.Equal("/v1.52/info", server.Requests.Last().Path);
    }
}
