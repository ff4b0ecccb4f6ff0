using Kontena.Contracts.Config;
using Kontena.Contracts.Identity;
using Kontena.Contracts.Vault;
using Kontena.GridManager.Config;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Vault;
using Kontena.State;
using Kontena.State.Documents;
using Xunit;

namespace Kontena.GridManager.Tests.Config;

public sealed class ChangeConfigDecisionTests
{
    private static readonly VaultRing Ring = VaultRing.New();

    private static readonly MasterConfig There = new()
    {
        Values = [new("server.name", "\"prod\""), new("server.uuid", "\"u\"")], UpdatedAt = Some.Day,
    };

    private static readonly User Dev = new() { Id = Some.NewId(), Email = "dev@example.org", ExternalId = "7", CreatedAt = Some.Day, UpdatedAt = Some.Day };

    private static Decision<VaultWritten> Decide(ChangeConfig command, MasterConfig? there = null, params ConfigValue[] secrets) => ChangeConfigDecision.Decide(
        new ConfigSnapshot(new Versioned<MasterConfig>(there ?? There, 3), [new Versioned<User>(Dev, 2)]), command, secrets, secrets.Length > 0 ? Ring : null, Some.Now);

    private static string After(Decision<VaultWritten> decision) =>
        string.Join(' ', Assert.Single(decision.Puts(StateKeys.MasterConfig)).Values.Select(one => $"{one.Key}={one.Json}"));

    private static string Errors(Decision<VaultWritten> decision) => string.Join("; ", decision.Reply.Result.Errors.Select(error => error.Message));

    [Fact]
    public void A_change_leaves_what_it_does_not_name()
    {
        Assert.Equal("a=1 server.name=\"prod\" server.uuid=\"u\"", After(Decide(new ChangeConfig { Set = [new("a", "1")] })));
        Assert.Equal("server.uuid=\"u\"", After(Decide(new ChangeConfig { Unset = ["server.name", "never.set"] })));
    }

    [Fact]
    public void A_replacement_leaves_only_what_is_the_installations_own() =>
        Assert.Equal("a=1 server.uuid=\"u\"", After(Decide(new ChangeConfig { Set = [new("a", "1")], Replace = true })));

    [Fact]
    public void The_same_again_and_the_salt_change_nothing()
    {
        Assert.Null(Decide(new ChangeConfig { Set = [new("server.name", "\"prod\""), new("server.salt", "\"x\""), new("cloud.enabled", "\"false\"")] }).Batch);
        Assert.Null(Decide(new ChangeConfig { Unset = ["never.set"] }).Batch);
    }

    [Fact]
    public void A_secret_is_sealed_for_its_key_and_the_same_one_again_is_no_change()
    {
        var kept = Assert.Single(Decide(new ChangeConfig(), null, new ConfigValue("oauth2.client_secret", "\"hush\"")).Puts(StateKeys.MasterConfig));
        var secret = Assert.Single(kept.Secrets);

        Assert.DoesNotContain("hush", secret.Sealed, StringComparison.Ordinal);
        Assert.Equal("\"hush\"", ChangeConfigDecision.Open(Ring, secret));
        Assert.Null(ChangeConfigDecision.Open(Ring, secret with { Key = "other_secret" }));
        Assert.Null(Decide(new ChangeConfig(), kept, new ConfigValue("oauth2.client_secret", "\"hush\"")).Batch);
        Assert.NotNull(Decide(new ChangeConfig(), kept, new ConfigValue("oauth2.client_secret", "\"other\"")).Batch);
    }

    [Fact]
    public void Another_provider_knows_users_by_other_ids()
    {
        Assert.Null(Assert.Single(Decide(new ChangeConfig { Set = [new("oauth2.client_id", "\"x\"")] }).Puts(StateKeys.User)).ExternalId);
        Assert.Null(Assert.Single(Decide(new ChangeConfig { Set = [new("server.root_url", "\"https://k.example.org\"")] }).Puts(StateKeys.User)).ExternalId);
        Assert.Empty(Decide(new ChangeConfig { Set = [new("server.provider", "\"x\"")] }).Puts(StateKeys.User));
    }

    [Theory]
    [InlineData("a/b", "1", "'a/b' isn't a key")]
    [InlineData("", "1", "'' isn't a key")]
    [InlineData("oauth2.token_endpoint", "\"ftp://x/\"", "oauth2.token_endpoint isn't an address")]
    [InlineData("oauth2.userinfo_endpoint", "\"https://u:p@x/\"", "oauth2.userinfo_endpoint isn't an address")]
    [InlineData("server.root_url", "7", "server.root_url isn't an address")]
    [InlineData("oauth2.code_requires_basic_auth", "\"yes\"", "oauth2.code_requires_basic_auth isn't true or false")]
    [InlineData("oauth2.token_method", "\"put\"", "oauth2.token_method isn't one of post, get")]
    [InlineData("oauth2.ignore_invalid_ssl", "true", "oauth2.ignore_invalid_ssl is false here")]
    [InlineData("cloud.enabled", "true", "cloud.enabled is false here")]
    [InlineData("oauth2.client_id", "\" \"", "oauth2.client_id isn't a text")]
    [InlineData("oauth2.client_secret", "\"open\"", "oauth2.client_secret is a secret and must be sent sealed")]
    public void A_wrong_value_is_named(string key, string json, string message)
    {
        var decision = Decide(new ChangeConfig { Set = [new(key, json)] });
        Assert.StartsWith(message, Errors(decision), StringComparison.Ordinal);
        Assert.Null(decision.Batch);
    }

    [Fact]
    public void All_mistakes_are_said_at_once_and_nothing_is_half_done()
    {
        var decision = Decide(new ChangeConfig
        {
            Set = [new("a/b", "1"), new("good", new string('1', ConfigRules.LongestValue + 1)), new("twice", "1")], Unset = ["twice"],
        });
        Assert.Equal(3, decision.Reply.Result.Errors.Count);
        Assert.Null(decision.Batch);
    }

    [Fact]
    public void There_is_an_end_to_the_keys() =>
        Assert.Contains("at most 200", Errors(Decide(new ChangeConfig { Set = [.. Enumerable.Range(0, 199).Select(i => new ConfigValue($"k{i}", "1"))] })), StringComparison.Ordinal);
}
