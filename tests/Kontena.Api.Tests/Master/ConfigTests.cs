using System.Security.Cryptography;
using Kontena.Api.Master;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Config;
using Kontena.Contracts.Vault;
using Kontena.Core.Vault;
using Kontena.State;

namespace Kontena.Api.Tests.Master;

public sealed class ConfigTests : IAsyncLifetime
{
    private readonly ECDiffieHellman _door = BusSeal.NewKey();
    private ApiUnderTest _api = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await ApiUnderTest.StartAsync();
        await _api.PutAsync(StateKeys.MasterConfig, StateKeys.System, new MasterConfig
        {
            Values = [new("oauth2.code_requires_basic_auth", "false"), new("server.name", "\"prod\"")],
            Secrets = [new("oauth2.client_secret", "k", "sealed-text")],
            UpdatedAt = Some.Noon,
        });
        _api.Bus.Answer<AskVaultDoor>(_ => new VaultDoor { PublicKey = BusSeal.PublicKeyOf(_door) });
        _api.Bus.Answer<ChangeConfig>(_ => new VaultWritten { Result = CommandResult.Done() });
        _api.Bus.Answer<ReadConfigSecrets>(question => new ConfigSecretsRead
        {
            Result = CommandResult.Done(),
            Values = [.. question.Keys.Select(key => new SentConfig(key, BusSeal.Seal(question.PublicKey, ConfigPlaces.Reading(key), "\"s3cr3t\"")))],
        });
    }

    public ValueTask DisposeAsync()
    {
        _door.Dispose();
        return _api.DisposeAsync();
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("enabled", true)]
    [InlineData("cloud.*", true)]
    [InlineData("*", true)]
    [InlineData("enabled*", false)]
    [InlineData("cloud.enable.", false)]
    public void A_filter_is_a_part_or_with_a_star_a_beginning(string? filter, bool matches) =>
        Assert.Equal(matches, ConfigEndpoints.Matches("cloud.enabled", filter));

    [Fact]
    public async Task Keys_are_read_in_order_with_their_types_and_secrets_in_the_clear()
    {
        Assert.Equal(
            """{"cloud.enabled":"false","oauth2.client_secret":"s3cr3t","oauth2.code_requires_basic_auth":false,"server.name":"prod","server.telemetry_enabled":"false"}""",
            (await _api.GetAsync("/v1/config")).Text);
        Assert.Equal("""{"oauth2.client_secret":"s3cr3t"}""", (await _api.GetAsync("/v1/config/oauth2.client_secret")).Text);
        var missing = await _api.GetAsync("/v1/config/server.salt");
        Assert.Equal((404, "\"Not found\"", "application/json"), (missing.Status, missing.Text, missing.ContentType));
    }

    /// <summary>The vault may be closed: what is no secret is read all the same.</summary>
    [Fact]
    public async Task Nobody_is_asked_for_what_is_no_secret()
    {
        Assert.Equal("""{"server.name":"prod","server.telemetry_enabled":"false"}""", (await _api.GetAsync("/v1/config?filter=server.*")).Text);
        Assert.Empty(_api.Bus.Asked);
        _api.Bus.Answer<ReadConfigSecrets>(_ => new ConfigSecretsRead { Result = CommandResult.Refused(), Closed = "the key is gone" });
        var closed = await _api.GetAsync("/v1/config");
        Assert.Equal((503, """{"error":"Vault not configured: the key is gone"}"""), (closed.Status, closed.Text));
    }

    [Fact]
    public async Task Values_keep_their_types_nulls_unset_and_secrets_travel_sealed()
    {
        var answer = await _api.SendAsync(HttpMethod.Patch, "/v1/config", """{"a.number":7,"server.name":null,"oauth2.client_secret":"hush"}""");

        Assert.Equal((201, "{}"), (answer.Status, answer.Text));
        var sent = _api.Bus.Single<ChangeConfig>();
        Assert.Equal([new ConfigValue("a.number", "7")], sent.Set);
        Assert.Equal("server.name", Assert.Single(sent.Unset));
        Assert.False(sent.Replace);
        var secret = Assert.Single(sent.SetSecrets);
        Assert.Equal("\"hush\"", BusSeal.Open(_door, ConfigPlaces.Writing("oauth2.client_secret"), secret.Json));
    }

    [Theory]
    [InlineData("PUT", "/v1/config", """{"server.name":"x"}""", true, 1, 0)]
    [InlineData("DELETE", "/v1/config", null, true, 0, 0)]
    [InlineData("DELETE", "/v1/config/server.name", null, false, 0, 1)]
    public async Task Replacing_clearing_and_unsetting(string method, string path, string? body, bool replace, int set, int unset)
    {
        var answer = await _api.SendAsync(new HttpMethod(method), path, body);

        Assert.Equal((201, "{}"), (answer.Status, answer.Text));
        var sent = _api.Bus.Single<ChangeConfig>();
        Assert.Equal((replace, set, unset), (sent.Replace, sent.Set.Count, sent.Unset.Count));
    }

    [Theory]
    [InlineData("[]", 400)]
    [InlineData("{", 400)]
    public async Task A_body_that_is_no_object_changes_nothing(string body, int status)
    {
        Assert.Equal(status, (await _api.SendAsync(HttpMethod.Put, "/v1/config", body)).Status);
        Assert.Empty(_api.Bus.Asked);
    }
}
