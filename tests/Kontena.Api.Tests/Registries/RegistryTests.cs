using System.Security.Cryptography;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Registries;
using Kontena.Contracts.Vault;
using Kontena.Core.Vault;
using Kontena.State;

namespace Kontena.Api.Tests.Registries;

/// <summary>Logins at registries over HTTP (rest-api.md §15).</summary>
public sealed class RegistryTests : IAsyncLifetime
{
    private const string Shown = """{"id":"main/registry.example.org:5000","name":"registry.example.org:5000","url":"https://registry.example.org:5000/","username":"bot","email":null}""";
    private readonly ECDiffieHellman _door = BusSeal.NewKey();
    private ApiUnderTest _api = null!;

    private static readonly ExternalRegistry Kept = new()
    {
        Grid = "main", Name = "registry.example.org:5000", Url = "https://registry.example.org:5000/", Username = "bot", KeyId = "k", Sealed = "sealed-text",
        CreatedAt = Some.Noon, UpdatedAt = Some.Noon,
    };

    public async ValueTask InitializeAsync()
    {
        _api = await ApiUnderTest.StartAsync();
        await _api.SeedAsync();
        await _api.PutAsync(StateKeys.ExternalRegistry, "main", Kept);
        _api.Bus.Answer<AskVaultDoor>(_ => new VaultDoor { PublicKey = BusSeal.PublicKeyOf(_door) });
        _api.Bus.Answer<WriteRegistry>(_ => new VaultWritten { Result = CommandResult.Done(Kept.Name), IsNew = true });
    }

    public ValueTask DisposeAsync()
    {
        _door.Dispose();
        return _api.DisposeAsync();
    }

    [Fact]
    public async Task Lists_and_shows_with_the_keys_of_the_original_and_no_password()
    {
        Assert.Equal((200, $$"""{"external_registries":[{{Shown}}]}"""), await SaidAsync(HttpMethod.Get, "/v1/grids/main/external_registries"));
        Assert.Equal((200, Shown), await SaidAsync(HttpMethod.Get, "/v1/external_registries/main/registry.example.org:5000"));
        Assert.Equal((200, Shown), await SaidAsync(HttpMethod.Get, "/v1/external_registries/main/registry.example.org%3A5000"));
    }

    [Fact]
    public async Task The_password_goes_to_the_vault_sealed_and_does_not_come_back()
    {
        var answer = await _api.PostAsync(
            "/v1/grids/main/external_registries", new { url = " https://registry.example.org:5000/ ", username = "bot", password = " s3cr3t ", email = (string?)null });

        Assert.Equal((201, Shown), (answer.Status, answer.Text));
        var command = _api.Bus.Single<WriteRegistry>();
        Assert.Equal(("main", "https://registry.example.org:5000/", "bot", null), (command.Grid, command.Url, command.Username, command.Email));
        Assert.Equal("s3cr3t", BusSeal.Open(_door, RegistryPlaces.Writing("main", "https://registry.example.org:5000/"), command.Password!));
        Assert.DoesNotContain("s3cr3t", command.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusals_keep_their_places()
    {
        _api.Bus.Answer<WriteRegistry>(_ => new VaultWritten
        {
            Result = CommandResult.Refused(FieldError.At("url", "Url isn't in the right format"), FieldError.At("password", "Password is required")),
        });

        Assert.Equal(
            (422, """{"error":{"url":"Url isn't in the right format","password":"Password is required"}}"""),
            await SaidAsync(HttpMethod.Post, "/v1/grids/main/external_registries", new { url = "x", username = "bot" }));
        Assert.Null(_api.Bus.Single<WriteRegistry>().Password);
        Assert.Equal(422, (await _api.PostAsync("/v1/grids/main/external_registries", new { url = new[] { 1 } })).Status);
    }

    [Fact]
    public async Task Removal_answers_nothing_and_names_the_registry()
    {
        _api.Bus.Answer<DeleteRegistry>(_ => CommandResult.Done());

        Assert.Equal((200, ""), await SaidAsync(HttpMethod.Delete, "/v1/external_registries/main/registry.example.org:5000"));
        Assert.Equal(new DeleteRegistry { Grid = "main", Name = "registry.example.org:5000" }, _api.Bus.Single<DeleteRegistry>());
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        _api.Bus.Answer<DeleteRegistry>(_ => CommandResult.NotFound("Not found"));
        var missing = (404, """{"error":"Not found"}""");

        Assert.Equal(missing, await SaidAsync(HttpMethod.Get, "/v1/external_registries/main/nope"));
        Assert.Equal(missing, await SaidAsync(HttpMethod.Delete, "/v1/external_registries/main/nope"));
        Assert.Equal(missing, await SaidAsync(HttpMethod.Get, "/v1/grids/nope/external_registries"));
        Assert.Equal(missing, await SaidAsync(HttpMethod.Post, "/v1/grids/nope/external_registries", new { }));
    }

    [Fact]
    public async Task A_closed_vault_says_what_it_lacks()
    {
        _api.Bus.Answer<AskVaultDoor>(_ => new VaultDoor { Closed = "the key file is not there" });

        Assert.Equal(
            (503, """{"error":"The password can't be kept: the key file is not there"}"""),
            await SaidAsync(HttpMethod.Post, "/v1/grids/main/external_registries", new { url = "https://x", username = "bot", password = "x" }));
    }

    private async Task<(int, string)> SaidAsync(HttpMethod method, string path, object? body = null) =>
        await _api.SendAsync(method, path, body) is var answer ? (answer.Status, answer.Text) : default;
}
