using Kontena.Api.Auth;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Identity;
using Kontena.State;

namespace Kontena.Api.Tests.Users;

/// <summary>Users, roles and users of grids over HTTP, with grid-manager's part scripted (rest-api.md §6, §9.7).</summary>
public sealed class UserEndpointTests : IAsyncLifetime
{
    private ApiUnderTest _api = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await ApiUnderTest.StartAsync();
        await _api.SeedAsync();
        await _api.PutAsync(StateKeys.User, StateKeys.System, Some.User("dev@x", ["main"], UserRoles.UserAdmin));
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Users_are_listed_with_their_roles() => Assert.Equal(
        """{"users":[{"id":"61646d696e00000000000000","email":"admin","name":"admin","roles":[{"name":"master_admin","description":"Master admin"}]},"""
        + $$"""{"id":"{{Some.User("dev@x").Id}}","email":"dev@x","name":null,"roles":[{"name":"user_admin","description":"Invite and remove users"}]}]}""",
        (await _api.GetAsync("/v1/users")).Text);

    [Fact]
    public async Task A_role_is_given_and_taken()
    {
        _api.Bus.Answer<ChangeUserRole>(_ => CommandResult.Done());

        var given = await _api.PostAsync("/v1/users/DEV@x/roles", new { role = "grid_admin" });
        Assert.Equal((201, "dev@x"), (given.Status, (string?)given.Json["email"]));
        Assert.Equal(("DEV@x", "grid_admin", false), _api.Bus.Single<ChangeUserRole>() is var command ? (command.Email, command.Role, command.Take) : default);

        var taken = await _api.SendAsync(HttpMethod.Delete, "/v1/users/dev@x/roles/grid_admin");
        Assert.Equal((200, "id email name roles"), (taken.Status, taken.Keys));
        Assert.True(((ChangeUserRole)_api.Bus.Asked.Last().Message).Take);
    }

    [Fact]
    public async Task Refusals_keep_their_place_and_status()
    {
        _api.Bus.Answer<ChangeUserRole>(_ => CommandResult.Refused(FieldError.At("role", "Role 'x' not found")));
        _api.Bus.Answer<RemoveUser>(command => command.Email == "no@x" ? CommandResult.NotFound("Not found") : CommandResult.Refused(FieldError.At("user", "no")));
        _api.Bus.Answer<ChangeGridUser>(command => command.Remove ? CommandResult.Refused(FieldError.At("user", "Invalid user")) : CommandResult.NotFound("User not found"));

        Assert.Equal("""422 {"error":{"role":"Role 'x' not found"}}""", Said(await _api.PostAsync("/v1/users/dev@x/roles", new { role = "x" })));
        Assert.Equal("""404 {"error":"Not found"}""", Said(await _api.SendAsync(HttpMethod.Delete, "/v1/users/no@x")));
        Assert.Equal("""400 {"error":{"user":"no"}}""", Said(await _api.SendAsync(HttpMethod.Delete, "/v1/users/dev@x")));
        Assert.Equal("""400 {"error":{"user":"Cannot remove itself"}}""", Said(await _api.SendAsync(HttpMethod.Delete, "/v1/users/Admin")));
        Assert.Equal("""404 {"error":"User not found"}""", Said(await _api.PostAsync("/v1/grids/main/users", new { email = "no@x" })));
        Assert.Equal("""422 {"error":{"user":"Invalid user"}}""", Said(await _api.SendAsync(HttpMethod.Delete, "/v1/grids/main/users/no@x")));
        Assert.Equal(404, (await _api.PostAsync("/v1/grids/nope/users", new { email = "dev@x" })).Status);
    }

    [Fact]
    public async Task Users_of_a_grid_are_answered_after_the_change()
    {
        _api.Bus.Answer<ChangeGridUser>(async _ =>
        {
            await _api.PutAsync(StateKeys.User, StateKeys.System, Some.User("two@x", ["main"]));
            return CommandResult.Done();
        });

        var added = await _api.PostAsync("/v1/grids/main/users", new { email = "two@x" });

        Assert.Equal(201, added.Status);
        Assert.Equal(["admin", "dev@x", "two@x"], added.Json["users"]!.AsArray().Select(user => (string)user!["email"]!).Order(StringComparer.Ordinal));
        Assert.Equal("main", _api.Bus.Single<ChangeGridUser>().Grid);
    }

    [Fact]
    public async Task An_invitation_is_answered_with_its_code_and_only_the_hash_is_handed_on()
    {
        _api.Bus.Answer<InviteUser>(_ => CommandResult.Done(Some.User("dev@x").Id));
        using var userAdmin = await _api.ClientOfAsync(Some.User("dev@x", ["main"], UserRoles.UserAdmin), "token-of-dev");

        var invited = await _api.SendAsync(HttpMethod.Post, "/oauth2/authorize", new { response_type = "invite", email = "DEV@x", external_id = "7" }, userAdmin);

        Assert.Equal((201, "email invite_code link", "dev@x"), (invited.Status, invited.Keys, (string?)invited.Json["email"]));
        var code = (string)invited.Json["invite_code"]!;
        Assert.Equal($"{_api.Address.GetLeftPart(UriPartial.Authority)}/j/{code}", (string?)invited.Json["link"]);
        var command = _api.Bus.Single<InviteUser>();
        Assert.Equal((TokenHash.Of(code), "7", false), (command.InviteCodeHash, command.ExternalId, command.ByMasterAdmin));
    }

    [Fact]
    public async Task Whoever_creates_a_grid_is_named()
    {
        using var master = await _api.ClientOfAsync(Some.User("boss@x", [], UserRoles.MasterAdmin), "token-of-boss");
        _api.Bus.Answer<Kontena.Contracts.Grids.CreateGrid>(_ => CommandResult.Done("main"));

        Assert.Equal(201, (await _api.SendAsync(HttpMethod.Post, "/v1/grids", new { name = "main" }, master)).Status);

        Assert.Equal(Some.User("boss@x").Id, _api.Bus.Single<Kontena.Contracts.Grids.CreateGrid>().CreatorId);
    }

    private static string Said(Answer answer) => $"{answer.Status} {answer.Text}";
}
