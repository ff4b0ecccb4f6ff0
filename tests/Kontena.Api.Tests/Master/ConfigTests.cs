using Kontena.Api.Master;

namespace Kontena.Api.Tests.Master;

public sealed class ConfigTests(SeededApi seeded) : IClassFixture<SeededApi>
{
    [Theory]
    [InlineData(null, """{"cloud.enabled":"false","server.telemetry_enabled":"false"}""")]
    [InlineData("enabled", """{"cloud.enabled":"false","server.telemetry_enabled":"false"}""")]
    [InlineData("server.*", """{"server.telemetry_enabled":"false"}""")]
    [InlineData("enabled*", "{}")]
    [InlineData("*", """{"cloud.enabled":"false","server.telemetry_enabled":"false"}""")]
    [InlineData("cloud.enable.", "{}")]
    public void A_filter_is_a_part_or_with_a_star_a_beginning(string? filter, string matching) =>
        Assert.Equal(matching, ConfigEndpoints.Matching(filter).ToJsonString());

    [Fact]
    public async Task Keys_are_read_whole_filtered_and_one_by_one()
    {
        var api = seeded.Api;

        Assert.Equal("""{"cloud.enabled":"false"}""", (await api.GetAsync("/v1/config?filter=cloud.*")).Text);
        Assert.Equal("""{"cloud.enabled":"false","server.telemetry_enabled":"false"}""", (await api.GetAsync("/v1/config?filter")).Text);
        Assert.Equal("""{"cloud.enabled":"false"}""", (await api.GetAsync("/v1/config/cloud.enabled")).Text);
        var missing = await api.GetAsync("/v1/config/server.salt");
        Assert.Equal((404, "\"Not found\"", "application/json"), (missing.Status, missing.Text, missing.ContentType));
    }
}
