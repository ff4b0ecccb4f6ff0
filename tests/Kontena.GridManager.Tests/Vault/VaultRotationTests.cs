using Kontena.Contracts.Config;
using Kontena.Contracts.Registries;
using Kontena.Contracts.Vault;
using Kontena.GridManager.Vault;
using Kontena.State;
using Kontena.State.Documents;
using Xunit;

namespace Kontena.GridManager.Tests.Vault;

public sealed class VaultRotationTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kontena-rotation-").FullName;
    private IStateStore _store = null!;
    private VaultKeys _keys = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private VaultRotation Rotation => new(_keys, _store);

    public async ValueTask InitializeAsync()
    {
        var settings = new Microsoft.Extensions.Configuration.ConfigurationManager { ["Kontena:DataDirectory"] = _directory };
        _store = StateModule.OpenStore(settings, TimeProvider.System);
        _keys = new VaultKeys(VaultOptions.From(settings), _store, TimeProvider.System);
        await _store.CommitAsync(new CommitBatch(StateKeys.System).Put(StateKeys.Grid, Some.Grid(), 0), Cancelled);
        await KeepAsync("A", "alpha");
        await KeepAsync("B", "beta");
    }

    public ValueTask DisposeAsync()
    {
        (_store as IDisposable)?.Dispose();
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task KeepAsync(string name, string value)
    {
        var kept = (await _keys.OpenAsync(Cancelled)).Seal(StorePlaces.Secret("prod", name), value);
        await _store.CommitAsync(new CommitBatch("prod").Put(StateKeys.Secret, new Secret
        {
            Grid = "prod", Name = name, Revision = 1, KeyId = kept.KeyId, Sealed = kept.Text, CreatedAt = Some.Day, UpdatedAt = Some.Day,
        }, 0), Cancelled);
    }

    private async Task<string> ValuesAsync()
    {
        var ring = await _keys.OpenAsync(Cancelled);
        var secrets = await _store.ListAsync(StateKeys.Secret, "prod", Cancelled);
        return string.Join(' ', secrets.Select(one => one.Value).OrderBy(one => one.Name)
            .Select(one => $"{ring.Ids.ToList().IndexOf(one.KeyId)}:{ring.Open(StorePlaces.Secret("prod", one.Name), new SealedAtRest(one.KeyId, one.Sealed))}"));
    }

    [Fact]
    public async Task Everything_is_sealed_with_a_new_key_and_the_old_one_goes_when_asked()
    {
        Assert.Contains("2 secrets were sealed anew", await Rotation.RotateAsync(Cancelled), StringComparison.Ordinal);
        Assert.Equal("1:alpha 1:beta", await ValuesAsync());
        await Rotation.DropOldAsync(Cancelled);
        Assert.Equal("0:alpha 0:beta", await ValuesAsync());
        Assert.Null(await _keys.ProblemAsync(Cancelled));
    }

    [Fact]
    public async Task Logins_of_registries_are_sealed_anew_too()
    {
        var place = StorePlaces.Registry("prod", "registry.example");
        var kept = (await _keys.OpenAsync(Cancelled)).Seal(place, "s3cr3t");
        await _store.CommitAsync(new CommitBatch("prod").Put(StateKeys.ExternalRegistry, new ExternalRegistry
        {
            Grid = "prod", Name = "registry.example", Url = "https://registry.example", Username = "bot", KeyId = kept.KeyId, Sealed = kept.Text, CreatedAt = Some.Day, UpdatedAt = Some.Day,
        }, 0), Cancelled);

        Assert.Contains("2 secrets were sealed anew with it, and 1 logins of registries", await Rotation.RotateAsync(Cancelled), StringComparison.Ordinal);
        await Rotation.DropOldAsync(Cancelled);

        var anew = (await _store.GetAsync(StateKeys.ExternalRegistry, "prod", "registry.example", Cancelled))!.Value;
        Assert.Equal("s3cr3t", (await _keys.OpenAsync(Cancelled)).Open(place, new SealedAtRest(anew.KeyId, anew.Sealed)));
    }

    [Fact]
    public async Task Secrets_of_the_configuration_are_sealed_anew_too()
    {
        var kept = (await _keys.OpenAsync(Cancelled)).Seal(StorePlaces.Config("oauth2.client_secret"), "\"hush\"");
        await _store.CommitAsync(new CommitBatch(StateKeys.System).Put(StateKeys.MasterConfig, new MasterConfig
        {
            Secrets = [new("oauth2.client_secret", kept.KeyId, kept.Text)], UpdatedAt = Some.Day,
        }, 0), Cancelled);

        Assert.Contains("3 secrets were sealed anew", await Rotation.RotateAsync(Cancelled), StringComparison.Ordinal);
        await Rotation.DropOldAsync(Cancelled);

        var secret = Assert.Single((await _store.GetAsync(StateKeys.MasterConfig, StateKeys.System, "config", Cancelled))!.Value.Secrets);
        Assert.Equal("\"hush\"", (await _keys.OpenAsync(Cancelled)).Open(StorePlaces.Config(secret.Key), new SealedAtRest(secret.KeyId, secret.Sealed)));
    }

    [Fact]
    public async Task Stopped_after_the_key_was_added_it_goes_on_with_that_key()
    {
        var ring = (await _keys.OpenAsync(Cancelled)).WithNewKey();
        _keys.Write(ring);
        await KeepAsync("C", "gamma");
        await Assert.ThrowsAsync<VaultClosedException>(() => Rotation.DropOldAsync(Cancelled));
        Assert.Equal("0:alpha 0:beta 1:gamma", await ValuesAsync());
        Assert.Contains($"key {ring.Newest} seals the vault, 2 secrets", await Rotation.RotateAsync(Cancelled), StringComparison.Ordinal);
        Assert.Equal("1:alpha 1:beta 1:gamma", await ValuesAsync());
    }

    [Fact]
    public async Task A_value_that_cannot_be_opened_is_named_and_nothing_of_it_is_lost()
    {
        var found = (await _store.GetAsync(StateKeys.Secret, "prod", "A", Cancelled))!;
        var broken = found.Value with { Sealed = (await _store.GetAsync(StateKeys.Secret, "prod", "B", Cancelled))!.Value.Sealed };
        await _store.CommitAsync(new CommitBatch("prod").Put(StateKeys.Secret, broken, found.Version), Cancelled);
        var refused = await Assert.ThrowsAsync<VaultClosedException>(() => Rotation.RotateAsync(Cancelled));
        Assert.StartsWith("secret prod/A can't be opened", refused.Message, StringComparison.Ordinal);
        Assert.Equal(broken, (await _store.GetAsync(StateKeys.Secret, "prod", "A", Cancelled))!.Value);
    }
}
