using Kontena.Contracts.Vault;
using Kontena.Core.Vault;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Grids;
using Kontena.GridManager.Vault;
using Kontena.State;
using Xunit;

namespace Kontena.GridManager.Tests.Vault;

public sealed class WriteSecretDecisionTests
{
    private static readonly VaultRing Ring = VaultRing.New();

    private static Secret Kept(string name, string value)
    {
        var kept = Ring.Seal($"secret/prod/{name}", value);
        return new Secret { Grid = "prod", Name = name, Revision = 4, KeyId = kept.KeyId, Sealed = kept.Text, CreatedAt = Some.Day, UpdatedAt = Some.Day };
    }

    private static Decision<VaultWritten> Decide(GridSnapshot grid, string? name, string? value, SecretWriting writing = SecretWriting.Create) =>
        WriteSecretDecision.Decide(grid, new WriteSecret { Grid = "prod", Name = name, Writing = writing }, value, Ring, Ring.Seal, Some.Now);

    [Fact]
    public void A_new_secret_is_kept_sealed_for_its_name()
    {
        var decision = Decide(Some.Snapshot(), "DB_PASS", "s3cr3t");
        var secret = Assert.Single(decision.Puts(StateKeys.Secret));
        Assert.Equal(("prod", "DB_PASS", 1, Ring.Newest), (secret.Grid, secret.Name, secret.Revision, secret.KeyId));
        Assert.Equal((Some.Now, Some.Now), (secret.CreatedAt, secret.UpdatedAt));
        Assert.Equal("s3cr3t", Ring.Open("secret/prod/DB_PASS", new SealedAtRest(secret.KeyId, secret.Sealed)));
        Assert.Null(Ring.Open("secret/prod/OTHER", new SealedAtRest(secret.KeyId, secret.Sealed)));
        Assert.True(decision.Reply.IsNew);
        Assert.DoesNotContain("s3cr3t", string.Join('\n', decision.Changes!) + secret + decision.Reply, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, "Refused; name: Name is required; value: Value is required")]
    [InlineData("", " ", "Refused; name: Name can't be blank; value: Value can't be blank")]
    [InlineData("a.b", "x", "Refused; name: Name isn't in the right format: 1 to 128 letters, digits, - and _, not starting with -")]
    [InlineData("TAKEN", "x", "Refused; name: is already taken")]
    public void Everything_wrong_is_said_at_once(string? name, string? value, string said)
    {
        var decision = Decide(Some.Snapshot(Kept("TAKEN", "old")), name, value);
        Assert.Equal(said, decision.Reply.Result.Show());
        Assert.Null(decision.Batch);
    }

    [Fact]
    public void A_value_has_a_largest_size()
    {
        Assert.Equal("Refused; value: Value is over 256 KiB, the most that is kept", Decide(Some.Snapshot(), "BIG", new string('a', SecretRules.LargestValue + 1)).Reply.Result.Show());
        Assert.Equal("Done", Decide(Some.Snapshot(), "BIG", new string('a', SecretRules.LargestValue)).Reply.Result.Show().Split(' ')[0]);
    }

    [Fact]
    public void A_grid_has_so_many_secrets_and_no_more()
    {
        var full = Some.Snapshot([.. Enumerable.Range(0, SecretRules.MostInGrid).Select(one => (object)Kept($"S{one}", "x"))]);
        Assert.Equal("Refused; name: the grid has 1000 secrets, at most 1000 are possible", Decide(full, "MORE", "x").Reply.Result.Show());
        Assert.NotNull(Decide(full, "S7", "y", SecretWriting.Upsert).Batch);
    }

    [Fact]
    public void Another_value_is_another_revision_and_the_same_value_is_nothing()
    {
        var grid = Some.Snapshot(Kept("DB_PASS", "old"));
        var secret = Assert.Single(Decide(grid, "DB_PASS", "new", SecretWriting.Update).Puts(StateKeys.Secret));
        Assert.Equal((5, Some.Day, Some.Now), (secret.Revision, secret.CreatedAt, secret.UpdatedAt));
        var same = Decide(grid, "DB_PASS", "old", SecretWriting.Upsert);
        Assert.Null(same.Batch);
        Assert.False(same.Reply.IsNew);
    }

    [Fact]
    public void What_is_not_there_is_created_by_an_upsert_only()
    {
        Assert.Equal("NotFound; : Secret DB_PASS not found", Decide(Some.Snapshot(), "DB_PASS", "x", SecretWriting.Update).Reply.Result.Show());
        Assert.True(Decide(Some.Snapshot(), "DB_PASS", "x", SecretWriting.Upsert).Reply.IsNew);
    }

    [Fact]
    public void Secrets_go_with_their_name_or_their_grid()
    {
        var grid = Some.Snapshot(Kept("DB_PASS", "old"));
        Assert.Equal(["secret DB_PASS 11"], DeleteSecretDecision.Decide(grid, new DeleteSecret { Grid = "prod", Name = "DB_PASS" }).Deletes());
        Assert.Equal("NotFound; : Not found", DeleteSecretDecision.Decide(grid, new DeleteSecret { Grid = "prod", Name = "OTHER" }).Reply.Show());
        Assert.Contains("secret DB_PASS 11", DeleteGridDecision.Empty(grid).Deletes());
    }

    private static Contracts.Services.Service Using(string id, params string[] secrets)
    {
        var service = Some.Service(id) with { Revision = 3 };
        return service with { Spec = service.Spec with { Secrets = [.. secrets.Select(secret => new Contracts.Services.SecretUse(secret, secret, "env"))] } };
    }

    [Fact]
    public void Another_value_makes_every_service_that_asks_for_it_a_new_revision_and_no_other()
    {
        var grid = Some.Snapshot(
            Kept("DB_PASS", "old"), Using("shop/web", "DB_PASS", "OTHER"), Using("null/api", "DB_PASS"), Using("shop/mail", "OTHER"), Using("shop/gone", "DB_PASS") with { RemovedAt = Some.Day });
        var decision = Decide(grid, "DB_PASS", "new", SecretWriting.Update);
        Assert.Equal(["null/api 4", "shop/web 4"], decision.Puts(StateKeys.Service).Select(one => $"{one.Stack}/{one.Name} {one.Revision}").Order());
        Assert.All(decision.Puts(StateKeys.Service), one => Assert.Equal(Some.Now, one.UpdatedAt));
        Assert.All(decision.Puts(StateKeys.ServiceRevision), one => Assert.Equal("secret DB_PASS", one.Cause));
        Assert.Empty(Decide(grid, "DB_PASS", "old", SecretWriting.Update).Puts(StateKeys.Service));
    }

    [Fact]
    public void A_secret_that_comes_back_reaches_those_that_missed_it() =>
        Assert.Single(Decide(Some.Snapshot(Using("shop/web", "DB_PASS")), "DB_PASS", "x").Puts(StateKeys.Service));
}
