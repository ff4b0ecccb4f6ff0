using Kontena.Contracts.Commands;
using Kontena.Contracts.Identity;
using Kontena.GridManager.Users;
using Kontena.State;
using Kontena.State.Documents;
using Xunit;

namespace Kontena.GridManager.Tests.Users;

public sealed class LoginDecisionTests
{
    private static readonly LoginRequest Begun = new()
    {
        Id = "state", RedirectUri = "http://localhost:1/cb", ExpiresIn = 7200, Before = Some.Now + LoginDecisions.Life, CreatedAt = Some.Now, TakenBy = "me",
    };

    private static readonly FinishLogin Finishing = new() { StateHash = "state", TakenBy = "me", ExternalId = "7", Email = "DEV@example.org", CodeHash = "code" };

    private static readonly User Dev = new() { Id = Some.NewId(), Email = "dev@example.org", CreatedAt = Some.Day, UpdatedAt = Some.Day };

    private static LoginSnapshot With(LoginRequest login, params User[] users) => new()
    {
        Login = new Versioned<LoginRequest>(login, 4), Users = [.. users.Select(user => new Versioned<User>(user, 3))],
        Found = new UserSnapshot { Users = [.. users.Select(user => new Versioned<User>(user, 3))] },
    };

    private static string Finish(LoginSnapshot now, FinishLogin command) => LoginDecisions.Finish(now, command, Some.Now, Some.NewId).Reply.Show();

    [Fact]
    public void A_state_is_taken_once_and_not_when_it_is_over()
    {
        var take = new TakeLogin { StateHash = "state", TakenBy = "me" };
        var free = With(Begun with { TakenBy = null });

        Assert.Equal("me", Assert.Single(LoginDecisions.Take(free, take, Some.Now).Puts(StateKeys.LoginRequest)).TakenBy);
        Assert.Equal("NotFound; : invalid_request", LoginDecisions.Take(free, take, Begun.Before).Reply.Show());
        Assert.Equal("NotFound; : invalid_request", LoginDecisions.Take(With(Begun with { TakenBy = "other" }), take, Some.Now).Reply.Show());
        Assert.Equal("NotFound; : invalid_request", LoginDecisions.Take(new LoginSnapshot(), take, Some.Now).Reply.Show());
        // The same command once more, after a commit of which nobody knew whether it went through.
        Assert.Equal("Done", LoginDecisions.Take(With(Begun), take, Some.Now).Reply.Show());
    }

    [Fact]
    public void An_invitation_that_is_none_begins_nothing()
    {
        var begin = new BeginLogin { StateHash = "new", RedirectUri = "/code", InviteCodeHash = "invite" };

        Assert.Equal("NotFound; : Invalid invite code", LoginDecisions.Begin(new LoginSnapshot(), begin, Some.Now).Reply.Show());
        var invited = new LoginSnapshot { Users = [new Versioned<User>(Dev with { InviteCodeHash = "invite" }, 1)] };
        Assert.Equal(Dev.Id, Assert.Single(LoginDecisions.Begin(invited, begin, Some.Now).Puts(StateKeys.LoginRequest)).UserId);
    }

    [Fact]
    public void There_is_an_end_to_open_logins_and_the_oldest_go()
    {
        var open = Enumerable.Range(0, LoginDecisions.MostOpen)
            .Select(i => new Versioned<LoginRequest>(Begun with { Id = $"s{i}", CreatedAt = Some.Now.AddSeconds(i - 2000) }, 1)).ToList();

        var batch = LoginDecisions.Begin(new LoginSnapshot { Open = open }, new BeginLogin { StateHash = "new", RedirectUri = "/code" }, Some.Now).Batch!;

        Assert.Equal("s0", Assert.Single(batch.Deletes).Key.Id);
    }

    [Fact]
    public void Who_is_known_by_their_address_is_known_by_their_id_from_then_on()
    {
        var decision = LoginDecisions.Finish(With(Begun, Dev), Finishing with { Name = "Dev" }, Some.Now, Some.NewId);

        var user = Assert.Single(decision.Puts(StateKeys.User));
        Assert.Equal(("7", "Dev", "dev@example.org"), (user.ExternalId, user.Name, user.Email));
        var code = Assert.Single(decision.Puts(StateKeys.AuthorizationCode));
        Assert.Equal((Dev.Id, "code", Some.Now.AddSeconds(7200)), (code.UserId, code.CodeHash, code.ExpiresAt));
        Assert.Equal([TokenScopes.User], code.Scopes);
        Assert.Single(decision.Batch!.Deletes);
    }

    [Fact]
    public void Strangers_and_unproven_addresses_are_denied()
    {
        Assert.Equal("Refused; user: Access denied", Finish(With(Begun), Finishing));
        Assert.Equal("Refused; user: Access denied", Finish(With(Begun, Dev), Finishing with { EmailIsUnproven = true }));
        // Somebody else's account there, with the same address.
        Assert.Equal("Refused; user: Access denied", Finish(With(Begun, Dev with { ExternalId = "8" }), Finishing));
        Assert.StartsWith("Refused; email:", Finish(With(Begun, Dev), Finishing with { Email = "none" }));
        // A program, whom nobody becomes.
        Assert.Equal("Refused; user: Access denied", Finish(With(Begun, Dev with { Integration = new IntegrationLogin { Name = "ci", BrokerPasswordHash = "h" } }), Finishing));
    }

    [Fact]
    public void An_invitation_is_for_its_user_whatever_their_address_there_and_ends_with_the_login()
    {
        var invited = Dev with { Email = "other@example.org", InviteCodeHash = "invite", ExternalId = "old" };
        var login = Begun with { UserId = Dev.Id, InviteCodeHash = "invite" };

        var user = Assert.Single(LoginDecisions.Finish(With(login, invited), Finishing, Some.Now, Some.NewId).Puts(StateKeys.User));

        Assert.Equal(("7", null, "other@example.org"), (user.ExternalId, user.InviteCodeHash, user.Email));
        // Another invitation was opened since; or the account is another user's already.
        Assert.Equal("Refused; user: Access denied", Finish(With(login, invited with { InviteCodeHash = "newer" }), Finishing));
        Assert.Equal("Refused; user: Access denied", Finish(With(login, invited, new User { Id = "x", Email = "b@example.org", ExternalId = "7", CreatedAt = Some.Day, UpdatedAt = Some.Day }), Finishing));
    }

    [Fact]
    public void Only_who_took_the_state_ends_the_login()
    {
        Assert.Equal("NotFound; : invalid_request", Finish(With(Begun, Dev), Finishing with { TakenBy = "other" }));
        Assert.Equal("NotFound; : invalid_request", Finish(With(Begun with { Before = Some.Now }, Dev), Finishing));
        Assert.Equal("NotFound; : invalid_request", Finish(new LoginSnapshot(), Finishing));
    }

    [Fact]
    public void The_same_command_again_finds_the_code_that_it_made()
    {
        var code = Assert.Single(LoginDecisions.Finish(With(Begun, Dev), Finishing, Some.Now, Some.NewId).Puts(StateKeys.AuthorizationCode));

        var again = LoginDecisions.Finish(
            new LoginSnapshot { Found = new UserSnapshot { Codes = [new Versioned<AuthorizationCode>(code, 1)] } }, Finishing, Some.Now, Some.NewId);

        Assert.Equal((CommandOutcome.Done, code.Id, true), (again.Reply.Outcome, again.Reply.CreatedId, again.Batch is null));
    }
}
