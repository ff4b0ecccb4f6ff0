using Kontena.Contracts.Registries;
using Kontena.Contracts.Vault;
using Kontena.Core.Registries;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Grids;
using Kontena.GridManager.Registries;
using Kontena.GridManager.Vault;
using Kontena.State;
using Xunit;

namespace Kontena.GridManager.Tests.Registries;

public sealed class WriteRegistryDecisionTests
{
    private static readonly VaultRing Ring = VaultRing.New();

    private static ExternalRegistry Kept(string name) => new()
    {
        Grid = "prod", Name = name, Url = $"https://{name}", Username = "old", Email = "old@x", KeyId = "k", Sealed = "s", CreatedAt = Some.Day, UpdatedAt = Some.Day,
    };

    private static WriteRegistry Command(string? url = "https://registry.example.org/", string? username = "bot", string? email = null) =>
        new() { Grid = "prod", Url = url, Username = username, Email = email };

    private static Decision<VaultWritten> Decide(GridSnapshot grid, WriteRegistry command, string? password = "s3cr3t") =>
        WriteRegistryDecision.Decide(grid, command, password, Ring.Seal, Some.Now);

    [Fact]
    public void A_login_is_kept_under_the_registrys_name_with_its_password_sealed_for_it()
    {
        var decision = Decide(Some.Snapshot(), Command(" https://Registry.example.org:5000/v2/ ", " bot ", " bot@example.org "));

        var registry = Assert.Single(decision.Puts(StateKeys.ExternalRegistry));
        Assert.Equal(
            ("prod", "registry.example.org:5000", "https://Registry.example.org:5000/v2/", "bot", "bot@example.org"),
            (registry.Grid, registry.Name, registry.Url, registry.Username, registry.Email));
        Assert.Equal("s3cr3t", Ring.Open("registry/prod/registry.example.org:5000", new SealedAtRest(registry.KeyId, registry.Sealed)));
        Assert.Null(Ring.Open("registry/prod/other.example.org", new SealedAtRest(registry.KeyId, registry.Sealed)));
        Assert.Equal(("registry.example.org:5000", true), (decision.Reply.Result.CreatedId, decision.Reply.IsNew));
        Assert.DoesNotContain("s3cr3t", string.Join('\n', decision.Changes!) + registry + decision.Reply, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_login_at_the_same_registry_takes_the_place_of_the_first()
    {
        var decision = Decide(Some.Snapshot(Kept("registry.example.org")), Command());

        var registry = Assert.Single(decision.Puts(StateKeys.ExternalRegistry));
        Assert.Equal(("bot", null, Some.Day, Some.Now), (registry.Username, registry.Email, registry.CreatedAt, registry.UpdatedAt));
        Assert.False(decision.Reply.IsNew);
    }

    [Theory]
    [InlineData(null, null, null, "Refused; url: Url is required; username: Username is required; password: Password is required")]
    [InlineData(" ", " ", " ", "Refused; url: Url can't be blank; username: Username can't be blank; password: Password can't be blank")]
    [InlineData("registry.example.org", "bot", "x", "Refused; url: Url isn't in the right format: http:// or https://, a host name or IPv4 address, a port if need be, and no user")]
    [InlineData("https://bob:pw@registry.example.org", "bot", "x", "Refused; url: Url isn't in the right format: http:// or https://, a host name or IPv4 address, a port if need be, and no user")]
    public void Everything_wrong_is_said_at_once(string? url, string? username, string? password, string said)
    {
        var decision = Decide(Some.Snapshot(), Command(url, username), password);

        Assert.Equal(said, decision.Reply.Result.Show());
        Assert.Null(decision.Batch);
    }

    [Fact]
    public void Each_text_has_a_largest_size()
    {
        var name = new string('a', RegistryRules.LongestText + 1);
        Assert.Equal(
            "Refused; url: Url is too long, at most 512 characters are kept; username: Username is too long, at most 512 characters are kept; "
            + "password: Password is over 16 KiB, the most that is kept; email: Email is too long, at most 512 characters are kept",
            Decide(Some.Snapshot(), Command($"https://x/{name}", name, name), new string('p', RegistryRules.LargestPassword + 1)).Reply.Result.Show());
        Assert.NotNull(Decide(Some.Snapshot(), Command(), new string('p', RegistryRules.LargestPassword)).Batch);
    }

    [Fact]
    public void A_grid_has_so_many_registries_and_no_more()
    {
        var full = Some.Snapshot([.. Enumerable.Range(0, RegistryRules.MostInGrid).Select(one => (object)Kept($"r{one}.example"))]);

        Assert.Equal("Refused; url: the grid has 100 registries, at most 100 are possible", Decide(full, Command()).Reply.Result.Show());
        Assert.NotNull(Decide(full, Command("https://r7.example")).Batch);
    }

    [Fact]
    public void A_login_is_removed_by_name_and_goes_with_its_grid()
    {
        var grid = Some.Snapshot(Kept("registry.example.org"));

        Assert.Equal(
            [("external-registry", "registry.example.org", 13L)],
            DeleteRegistryDecision.Decide(grid, new DeleteRegistry { Grid = "prod", Name = "registry.example.org" }).Batch!.Deletes.Select(one => (one.Key.Kind, one.Key.Id, one.Expected)));
        Assert.Equal("NotFound; : Not found", DeleteRegistryDecision.Decide(grid, new DeleteRegistry { Grid = "prod", Name = "nope" }).Reply.Show());
        Assert.Contains(DeleteGridDecision.Empty(grid).Batch!.Deletes, one => (one.Key.Kind, one.Key.Id) == ("external-registry", "registry.example.org"));
    }
}
