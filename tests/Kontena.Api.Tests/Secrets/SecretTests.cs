using System.Security.Cryptography;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Requests;
using Kontena.Contracts.Services;
using Kontena.Contracts.Vault;
using Kontena.Core.Vault;
using Kontena.State;

namespace Kontena.Api.Tests.Secrets;

/// <summary>The vault over HTTP (rest-api.md §16).</summary>
public sealed class SecretTests : IAsyncLifetime
{
    private readonly ECDiffieHellman _door = BusSeal.NewKey();
    private ApiUnderTest _api = null!;

    private static readonly Secret Kept = new()
    {
        Grid = "main", Name = "DB_PASS", Revision = 1, KeyId = "k", Sealed = "sealed-text", CreatedAt = Some.Noon, UpdatedAt = Some.Noon.AddHours(1),
    };

    public async ValueTask InitializeAsync()
    {
        _api = await ApiUnderTest.StartAsync();
        await _api.SeedAsync();
        await _api.PutAsync(StateKeys.Secret, "main", Kept);
        _api.Bus.Answer<AskVaultDoor>(_ => new VaultDoor { PublicKey = BusSeal.PublicKeyOf(_door) });
        _api.Bus.Answer<ReadSecret>(question => new SecretRead
        {
            Result = CommandResult.Done(), Value = BusSeal.Seal(question.PublicKey, SecretPlaces.Reading("main", question.Name), "s3cr3t"),
        });
    }

    public ValueTask DisposeAsync()
    {
        _door.Dispose();
        return _api.DisposeAsync();
    }

    private string? Opened(WriteSecret command) => BusSeal.Open(_door, SecretPlaces.Writing(command.Grid, command.Name), command.Value!);

    /// <summary>In grid-manager's place.</summary>
    private void Take(bool isNew) => _api.Bus.Answer<WriteSecret>(command =>
    {
        _api.PutAsync(StateKeys.Secret, "main", Kept with { Name = command.Name! }).GetAwaiter().GetResult();
        return new VaultWritten { Result = CommandResult.Done(command.Name), IsNew = isNew };
    });

    [Fact]
    public async Task The_list_has_the_keys_of_the_original_and_no_values()
    {
        var answer = await _api.GetAsync("/v1/grids/main/secrets");
        Assert.Equal(200, answer.Status);
        Assert.Equal(
            """{"secrets":[{"id":"main/DB_PASS","name":"DB_PASS","created_at":"2026-03-01T12:00:00.000Z","updated_at":"2026-03-01T13:00:00.000Z","services":[]}]}""",
            answer.Text);
    }

    [Fact]
    public async Task Show_has_the_value()
    {
        var answer = await _api.GetAsync("/v1/secrets/main/DB_PASS");
        Assert.Equal(200, answer.Status);
        Assert.Equal("""{"id":"main/DB_PASS","name":"DB_PASS","created_at":"2026-03-01T12:00:00.000Z","value":"s3cr3t","services":[]}""", answer.Text);
    }

    [Fact]
    public async Task The_services_that_ask_for_it_are_named_and_say_so_themselves()
    {
        var web = Some.Service();
        await _api.PutAsync(StateKeys.Service, "main", web with
        {
            Spec = web.Spec with { Secrets = [new SecretUse("DB_PASS", "PASS", "env"), new SecretUse("DB_PASS", "pass.txt", "file"), new SecretUse("OTHER", "O", "env")] },
        });
        const string Users = """[{"id":"main/shop/web","name":"web"}]}""";
        Assert.EndsWith(Users, (await _api.GetAsync("/v1/secrets/main/DB_PASS")).Text, StringComparison.Ordinal);
        Assert.EndsWith($"{Users}]}}", (await _api.GetAsync("/v1/grids/main/secrets")).Text, StringComparison.Ordinal);
        Assert.Contains(
            """[{"name":"PASS","secret":"DB_PASS","type":"env"},{"name":"pass.txt","secret":"DB_PASS","type":"file"},{"name":"O","secret":"OTHER","type":"env"}]""",
            (await _api.GetAsync("/v1/services/main/shop/web")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Made_with_an_idempotency_key_its_value_is_kept_with_no_answer()
    {
        Take(isNew: true);
        _api.Bus.Answer<BeginKeyedRequest>(_ => new KeyedRequestBegun(KeyedRequestStanding.Begun));
        _api.Bus.Answer<EndKeyedRequest>(_ => CommandResult.Done());
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/grids/main/secrets") { Content = new StringContent("""{"name":"NEW","value":"s3cr3t"}""") };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", "k-1");

        using var answer = await _api.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Contains("s3cr3t", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var kept = _api.Bus.Single<EndKeyedRequest>();
        Assert.Equal((201, null), (kept.Status, kept.Body));
    }

    [Fact]
    public async Task Each_question_has_a_key_of_its_own()
    {
        await _api.GetAsync("/v1/secrets/main/DB_PASS");
        await _api.GetAsync("/v1/secrets/main/DB_PASS");
        Assert.Equal(2, _api.Bus.Asked.Select(one => one.Message).OfType<ReadSecret>().Select(one => one.PublicKey).Distinct().Count());
    }

    [Fact]
    public async Task An_answer_to_another_question_is_not_shown()
    {
        _api.Bus.Answer<ReadSecret>(question => new SecretRead
        {
            Result = CommandResult.Done(), Value = BusSeal.Seal(question.PublicKey, SecretPlaces.Reading("main", "OTHER"), "not yours"),
        });
        var answer = await _api.GetAsync("/v1/secrets/main/DB_PASS");
        Assert.Equal(503, answer.Status);
        Assert.DoesNotContain("not yours", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_sends_the_trimmed_value_sealed_for_the_vault_alone()
    {
        Take(isNew: true);
        var answer = await _api.PostAsync("/v1/grids/main/secrets", new { name = "KEY", value = "  -----BEGIN-----\nabc\n-----END-----\n" });
        Assert.Equal((201, "main/KEY", "-----BEGIN-----\nabc\n-----END-----"), (answer.Status, (string?)answer.Json["id"], (string?)answer.Json["value"]));
        var command = _api.Bus.Single<WriteSecret>();
        Assert.Equal(("main", "KEY", SecretWriting.Create), (command.Grid, command.Name, command.Writing));
        Assert.Equal("-----BEGIN-----\nabc\n-----END-----", Opened(command));
        Assert.DoesNotContain("abc", command.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusals_keep_their_places()
    {
        _api.Bus.Answer<WriteSecret>(_ => new VaultWritten { Result = CommandResult.Refused(FieldError.At("name", "is already taken")) });
        var answer = await _api.PostAsync("/v1/grids/main/secrets", new { name = "DB_PASS", value = "x" });
        Assert.Equal((422, """{"error":{"name":"is already taken"}}"""), (answer.Status, answer.Text));
    }

    [Theory]
    [InlineData("/v1/secrets/main/DB_PASS")]
    [InlineData("/v1/grids/main/secrets/DB_PASS")]
    public async Task Put_gives_another_value(string path)
    {
        Take(isNew: false);
        var answer = await _api.SendAsync(HttpMethod.Put, path, new { value = "new" });
        Assert.Equal((200, "new"), (answer.Status, (string?)answer.Json["value"]));
        Assert.Equal(("DB_PASS", SecretWriting.Update), (_api.Bus.Single<WriteSecret>().Name, _api.Bus.Single<WriteSecret>().Writing));
    }

    [Fact]
    public async Task Put_creates_only_what_is_meant_and_named()
    {
        Take(isNew: true);
        Assert.Equal((404, ""), await _api.SendAsync(HttpMethod.Put, "/v1/secrets/main/NEW", new { value = "x", name = "NEW" }) is var plain ? (plain.Status, plain.Text) : default);
        Assert.Equal(
            (422, """{"error":{"name":"Name is required"}}"""),
            await _api.SendAsync(HttpMethod.Put, "/v1/secrets/main/NEW", new { value = "x", upsert = true }) is var unnamed ? (unnamed.Status, unnamed.Text) : default);
        Assert.Equal(422, (await _api.SendAsync(HttpMethod.Put, "/v1/secrets/main/NEW", new { value = "x", upsert = true, name = "OLD" })).Status);
        Assert.Empty(_api.Bus.Asked);
        var answer = await _api.SendAsync(HttpMethod.Put, "/v1/secrets/main/NEW", new { value = "x", upsert = true, name = "NEW" });
        Assert.Equal((201, "main/NEW"), (answer.Status, (string?)answer.Json["id"]));
        Assert.Equal(SecretWriting.Upsert, _api.Bus.Single<WriteSecret>().Writing);
    }

    [Fact]
    public async Task Delete_answers_an_empty_object()
    {
        _api.Bus.Answer<DeleteSecret>(_ => CommandResult.Done());
        Assert.Equal((200, "{}"), await _api.SendAsync(HttpMethod.Delete, "/v1/secrets/main/DB_PASS") is var answer ? (answer.Status, answer.Text) : default);
        Assert.Equal(new DeleteSecret { Grid = "main", Name = "DB_PASS" }, _api.Bus.Single<DeleteSecret>());
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        _api.Bus.Answer<DeleteSecret>(_ => CommandResult.NotFound("Not found"));
        Assert.Equal((404, """{"error":"Not found"}"""), await _api.GetAsync("/v1/secrets/main/NOPE") is var show ? (show.Status, show.Text) : default);
        Assert.Equal((404, """{"error":"Not found"}"""), await _api.SendAsync(HttpMethod.Delete, "/v1/secrets/main/NOPE") is var delete ? (delete.Status, delete.Text) : default);
        Assert.Equal(404, (await _api.GetAsync("/v1/grids/nope/secrets")).Status);
    }

    [Fact]
    public async Task A_closed_vault_says_what_it_lacks()
    {
        _api.Bus.Answer<AskVaultDoor>(_ => new VaultDoor { Closed = "the key file is not there" });
        _api.Bus.Answer<ReadSecret>(_ => new SecretRead { Result = CommandResult.Refused(), Closed = "the key file is not there" });
        var write = await _api.PostAsync("/v1/grids/main/secrets", new { name = "KEY", value = "x" });
        Assert.Equal((503, """{"error":"Vault not configured: the key file is not there"}"""), (write.Status, write.Text));
        Assert.Equal(503, (await _api.GetAsync("/v1/secrets/main/DB_PASS")).Status);
    }
}
