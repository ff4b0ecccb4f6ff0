using Kontena.Contracts.Commands;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Identity;
using Kontena.Contracts.Requests;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Grids;
using Kontena.GridManager.Users;
using Kontena.State;
using Kontena.State.Documents;
using Xunit;

namespace Kontena.GridManager.Tests.Users;

public sealed class UserDecisionTests
{
    private static readonly InviteUser Invitation = new() { Email = "dev@example.org", InviteCodeHash = "hash" };

    private static User Dev(params IReadOnlyList<string> roles) => new() { Id = Some.NewId(), Email = "dev@example.org", Roles = roles, Grids = ["prod"], CreatedAt = Some.Day, UpdatedAt = Some.Day };

    private static UserSnapshot With(params User[] users) => new() { Users = [.. users.Select(user => new Versioned<User>(user, 3))], Grids = ["prod", "test"] };

    [Fact]
    public void An_invitation_makes_a_user_without_roles_and_grids()
    {
        var decision = UserDecisions.Invite(With(), Invitation, Some.Now, Some.NewId);

        var user = Assert.Single(decision.Puts(StateKeys.User));
        Assert.Equal(("dev@example.org", "hash", 0, 0), (user.Email, user.InviteCodeHash, user.Roles.Count, user.Grids.Count));
        Assert.Equal(user.Id, decision.Reply.CreatedId);
    }

    [Fact]
    public void A_second_invitation_replaces_the_first_and_nothing_else()
    {
        var dev = Dev(UserRoles.GridAdmin) with { InviteCodeHash = "old" };

        var user = Assert.Single(UserDecisions.Invite(With(dev), Invitation with { Email = "DEV@example.org", Name = "Dev" }, Some.Now, Some.NewId).Puts(StateKeys.User));

        Assert.Equal((dev.Id, "dev@example.org", "hash", "Dev"), (user.Id, user.Email, user.InviteCodeHash, user.Name));
        Assert.Equal([UserRoles.GridAdmin], user.Roles);
    }

    [Fact]
    public void Only_a_master_admin_may_invite_a_master_admin_anew()
    {
        var users = With(Dev(UserRoles.MasterAdmin));

        Assert.StartsWith("Refused; email: Only a master_admin", UserDecisions.Invite(users, Invitation, Some.Now, Some.NewId).Reply.Show());
        Assert.StartsWith("Refused; email: Only a master_admin", UserDecisions.Invite(
            With(Dev(UserRoles.MasterAdmin) with { Email = "boss@example.org", ExternalId = "7" }), Invitation with { ExternalId = "7" }, Some.Now, Some.NewId).Reply.Show());
        Assert.Equal("Done", UserDecisions.Invite(users, Invitation with { ByMasterAdmin = true }, Some.Now, Some.NewId).Reply.Show());
    }

    /// <summary>It was given out when its user could do less.</summary>
    [Fact]
    public void Whoever_becomes_master_admin_has_no_invitation_open()
    {
        var dev = Dev() with { InviteCodeHash = "open", ExternalId = "7" };

        User Given(User user, string role) => Assert.Single(
            UserDecisions.ChangeRole(With(user), new ChangeUserRole { Email = dev.Email, Role = role }, Some.Now).Puts(StateKeys.User));

        Assert.Equal((null, null), Given(dev, UserRoles.MasterAdmin) is var admin ? (admin.InviteCodeHash, admin.ExternalId) : default);
        Assert.Equal(("open", "7"), Given(dev, UserRoles.GridAdmin) is var other ? (other.InviteCodeHash, other.ExternalId) : default);
        // They have logged in there themselves.
        Assert.Equal("7", Given(dev with { InviteCodeHash = null }, UserRoles.MasterAdmin).ExternalId);
    }

    [Theory]
    [InlineData("dev@example.org", "DEV@example.org", true)]
    [InlineData("kim@example.org", "\u212Aim@example.org", null)]
    [InlineData("sam@example.org", "\u017Fam@example.org", null)]
    [InlineData("dev@example.org", "dev@example.com", false)]
    public void Who_is_found_by_an_address_is_who_has_it(string email, string other, bool? same)
    {
        var found = StateKeys.UserEmail(email) == StateKeys.UserEmail(other);

        Assert.Equal(found, (Dev() with { Email = email }).IsCalled(other));
        if (same is { } expected)
            Assert.Equal(expected, found);
    }

    [Fact]
    public void A_new_grid_has_its_creator_and_nobody_whom_an_old_one_of_the_name_left()
    {
        var (creator, left) = (Dev() with { Email = "new@example.org", Grids = ["prod"] }, Dev());
        Versioned<User> At(User user) => new(user, 3);
        Decision<CommandResult> Made() => new(CommandResult.Done("prod"), new CommitBatch(StateKeys.System), []);

        var users = UserDecisions.WithCreator(Made(), [At(creator)], [At(creator), At(left)], Some.Now).Puts(StateKeys.User);
        Assert.Equal((left.Id, 0), Assert.Single(users) is var one ? (one.Id, one.Grids.Count) : default);

        Assert.Empty(UserDecisions.WithCreator(Decision.Refused("name", "is taken"), [At(creator)], [At(left)], Some.Now).Puts(StateKeys.User));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("admin")]
    [InlineData("@x")]
    [InlineData("x@")]
    [InlineData("a b@x")]
    [InlineData("a/b@x")]
    public void Without_an_address_nobody_is_invited(string? email)
    {
        var refused = UserDecisions.Invite(With(), Invitation with { Email = email, Name = new string('x', 200) }, Some.Now, Some.NewId).Reply;

        Assert.Equal(["email", "username"], refused.Errors.Select(error => error.Path[0]));
    }

    [Fact]
    public void A_user_goes_with_their_tokens_and_codes_and_what_is_kept_of_their_requests()
    {
        var dev = Dev();
        var snapshot = With(dev) with
        {
            Tokens = [new(TokenDecisionTests.Token(dev.Id), 1)],
            Codes = [new(TokenDecisionTests.Code(dev.Id), 1)],
            Requests = [new(new() { Id = "id", Owner = KeyedRequest.OwnerOf(dev.Id), Fingerprint = "body", Attempt = "first", BegunAt = Some.Now }, 1)],
        };

        var decision = UserDecisions.Remove(snapshot, new RemoveUser { Email = "dev@example.org" });

        Assert.Equal(["user", "access-token", "authorization-code", "keyed-request", "keyed-answer"], decision.Deletes().Select(one => one.Split(' ')[0]));
        Assert.Equal("NotFound; : Not found", UserDecisions.Remove(With(), new RemoveUser { Email = "dev@example.org" }).Reply.Show());
        Assert.StartsWith("Refused; user: The administrator", UserDecisions.Remove(With(), new RemoveUser { Email = "admin" }).Reply.Show());
    }

    [Fact]
    public void Roles_are_given_and_taken()
    {
        User Changed(User from, string role, bool take = false) =>
            Assert.Single(UserDecisions.ChangeRole(With(from), new ChangeUserRole { Email = from.Email, Role = role, Take = take }, Some.Now).Puts(StateKeys.User));

        Assert.Equal([UserRoles.GridAdmin, UserRoles.UserAdmin], Changed(Dev(UserRoles.UserAdmin), UserRoles.GridAdmin).Roles);
        Assert.Equal([UserRoles.UserAdmin], Changed(Dev(UserRoles.GridAdmin, UserRoles.UserAdmin), UserRoles.GridAdmin, take: true).Roles);
        Assert.Null(UserDecisions.ChangeRole(With(Dev()), new ChangeUserRole { Email = "dev@example.org", Role = UserRoles.GridAdmin, Take = true }, Some.Now).Batch);
    }

    [Theory]
    [InlineData("dev@example.org", "owner", false, "Refused; role: Role 'owner' not found")]
    [InlineData("dev@example.org", null, false, "Refused; role: Role is required")]
    [InlineData("nobody@example.org", "grid_admin", false, "NotFound; : Not found")]
    [InlineData("admin", "master_admin", true, "Refused; role: The administrator is master_admin, always and only: that role is every other too")]
    [InlineData("admin", "grid_admin", false, "Refused; role: The administrator is master_admin, always and only: that role is every other too")]
    [InlineData("admin", "master_admin", false, "Done")]
    public void Roles_that_can_not_be_changed_say_why(string email, string? role, bool take, string said) =>
        Assert.Equal(said, UserDecisions.ChangeRole(With(Dev()), new ChangeUserRole { Email = email, Role = role, Take = take }, Some.Now).Reply.Show());

    [Theory]
    [InlineData("prod", "dev@example.org", false, "Done", "")]
    [InlineData("test", "dev@example.org", false, "Done", "prod test")]
    [InlineData("prod", "dev@example.org", true, "Done", " ")]
    [InlineData("test", "dev@example.org", true, "Refused; user: Invalid user", "")]
    [InlineData("test", "admin", false, "Done", "")]
    [InlineData("test", "admin", true, "Refused; grid: Cannot remove last user: the administrator is a user of every grid", "")]
    [InlineData("test", "nobody@example.org", false, "NotFound; : User not found", "")]
    [InlineData("gone", "dev@example.org", false, "NotFound; : Grid gone does not exist", "")]
    [InlineData("test", null, false, "Refused; email: Email is required", "")]
    public void Users_of_a_grid_come_and_go(string grid, string? email, bool remove, string said, string grids)
    {
        var decision = UserDecisions.ChangeGrid(With(Dev()), new ChangeGridUser { Grid = grid, Email = email, Remove = remove }, Some.Now);

        Assert.Equal(said, decision.Reply.Show());
        Assert.Equal(grids.Length == 0 ? [] : [grids.Trim()], decision.Puts(StateKeys.User).Select(user => string.Join(' ', user.Grids)));
    }

    [Fact]
    public void Whoever_creates_a_grid_is_a_user_of_it_and_a_deleted_grid_has_none()
    {
        var dev = Dev();
        var created = CreateGridDecision.Decide([], new CreateGrid { Name = "next" }, Some.Now, 0, "token-of-sixteen-");
        Assert.Equal(["prod", "next"], Assert.Single(UserDecisions.WithMembers(created, created.Reply.CreatedId, With(dev).Users, Some.Now).Puts(StateKeys.User)).Grids);

        var deleted = DeleteGridDecision.Delete([new(Some.Grid(), 1)], new DeleteGrid { Grid = "prod" });
        Assert.Empty(Assert.Single(UserDecisions.WithoutMembers(deleted, "prod", With(dev).Users, Some.Now).Puts(StateKeys.User)).Grids);

        var missing = DeleteGridDecision.Delete([], new DeleteGrid { Grid = "prod" });
        Assert.Null(UserDecisions.WithoutMembers(missing, "prod", With(dev).Users, Some.Now).Batch);
    }
}
