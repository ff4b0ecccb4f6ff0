using System.Text.RegularExpressions;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Identity;
using Kontena.GridManager.Integrations;
using Kontena.GridManager.Users;
using Kontena.State;
using Kontena.State.Documents;
using Xunit;

namespace Kontena.GridManager.Tests.Integrations;

public sealed class IntegrationTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_integration_is_a_user_of_its_grids_with_a_broker_login()
    {
        var made = Create(new() { Name = "ci", Roles = ["grid_admin"], Grids = ["main", "main"], BrokerPassword = "p" });

        Assert.Equal(CommandOutcome.Done, made.Reply.Outcome);
        Assert.NotNull(made.Batch);
    }

    [Fact]
    public void All_mistakes_are_named_at_once()
    {
        Assert.Equal(["name", "roles", "grids"], Fields(Create(new() { Name = "Ci.x", Roles = ["boss"], Grids = ["none"], BrokerPassword = "p" })));
        Assert.Equal(["name", "grids"], Fields(Create(new() { BrokerPassword = "p" })));
        Assert.Equal(["roles"], Fields(Create(new() { Name = "ci", Roles = ["viewer", "grid_admin"], Grids = ["main"], BrokerPassword = "p" })));
    }

    [Fact]
    public void A_name_that_a_user_or_an_integration_has_is_refused()
    {
        var person = User("ci@integration", null);
        Assert.Equal(["name"], Fields(Create(new() { Name = "ci", Grids = ["main"], BrokerPassword = "p" }, person)));
        Assert.Equal(["name"], Fields(Create(new() { Name = "ci", Grids = ["main"], BrokerPassword = "p" }, User("ci@integration", "ci"))));
    }

    [Fact]
    public void Decided_once_more_it_is_the_one_that_was_made()
    {
        var there = User("ci@integration", "ci");
        there = there with { Integration = there.Integration! with { BrokerPasswordHash = "hash of p" } };

        var again = Create(new() { Name = "ci", Grids = ["main"], BrokerPassword = "p" }, there);

        Assert.Equal((CommandOutcome.Done, there.Id), (again.Reply.Outcome, again.Reply.CreatedId));
        Assert.Null(again.Batch);
    }

    [Fact]
    public void Only_an_integration_is_removed_and_nobody_becomes_one_by_an_invitation()
    {
        Assert.Equal(CommandOutcome.NotFound, IntegrationDecisions.Remove(Of(User("ci@integration", null)), new() { Name = "ci" }).Reply.Outcome);
        Assert.Equal(CommandOutcome.Done, IntegrationDecisions.Remove(Of(User("ci@integration", "ci")), new() { Name = "ci" }).Reply.Outcome);
        var invited = UserDecisions.Invite(Of(User("ci@integration", "ci")), new() { Email = "ci@integration", InviteCodeHash = "h" }, Now, () => "new");
        Assert.Equal(["email"], Fields(invited));
    }

    [Fact]
    public void A_viewer_is_given_no_role()
    {
        var viewer = User("ci@integration", "ci", isViewer: true);
        Assert.Equal(["role"], Fields(UserDecisions.ChangeRole(Of(viewer), new() { Email = viewer.Email, Role = UserRoles.GridAdmin }, Now)));
    }

    [Fact]
    public void The_broker_lets_it_write_commands_and_its_own_and_hear_events_of_its_grids()
    {
        var rights = IntegrationRights.Of(User("ci@integration", "ci") with { Grids = ["main", "a.b"] })!;

        Assert.Equal("integration.ci", rights.Name);
        Assert.All(["kontena.commands", "integration.ci.replies"], name => Assert.Matches(rights.Write, name));
        Assert.All(
            ["grid-manager", "kontena.events", "kontena.commands_error", "integration.ci", "integration.ci-2.x", "integrationxci.x", "amq.default", "", "x-kontena.commands"],
            name => Assert.DoesNotMatch(rights.Write, name));
        Assert.All(["kontena.commands", "kontena.events", "integration.other.x"], name => Assert.DoesNotMatch(rights.Configure, name));
        Assert.Matches(rights.Read, "kontena.events");
        Assert.All(["kontena.commands", "reports", "integration.other.x"], name => Assert.DoesNotMatch(rights.Read, name));
        Assert.All(["grid.main.#", "grid.a.b.service.x"], key => Assert.Matches(rights.Events, key));
        Assert.All(["grid.other.#", "grid.#", "#", "grid.*.x", "grid.axb.y", "grid.main2.x", ""], key => Assert.DoesNotMatch(rights.Events, key));
        Assert.All(["grid.main.x", "", "#"], key => Assert.DoesNotMatch(IntegrationRights.Of(User("x@integration", "ci") with { Grids = [] })!.Events, key));
        Assert.Null(IntegrationRights.Of(User("dev@x", null)));
    }

    [Theory]
    [InlineData("integration.ci.events", "grid.main.#", false)]
    [InlineData("integration.ci.events", "grid.other.#", true)]
    [InlineData("integration.ci-2.events", "grid.other.#", false)]
    [InlineData("log-collector-events", "#", false)]
    [InlineData("kontena.commands", "grid.main.#", true)]
    public void Events_are_unbound_from_what_may_not_hear_them_and_from_the_commands(string destination, string routingKey, bool goes) =>
        Assert.Equal(goes ? 1 : 0, EventBinding.Forbidden([new EventBinding(destination, true, routingKey, "~")], [IntegrationRights.Of(User("ci@integration", "ci"))!]).Count);

    [Fact]
    public void What_the_broker_lacks_or_has_otherwise_is_given_and_a_login_of_nobody_goes()
    {
        var one = IntegrationRights.Of(User("a@integration", "aa"))!;
        var two = IntegrationRights.Of(User("b@integration", "bb"))!;
        var seen = new Dictionary<string, string> { [one.Name] = one.PasswordHash, ["integration.gone"] = "h" };

        var plan = IntegrationPlan.Of([one, two], new HashSet<IntegrationRights> { one, two }, seen);
        Assert.Equal([two], plan.Give);
        Assert.Equal(["integration.gone"], plan.Revoke);
        Assert.Equal([one], IntegrationPlan.Of([one], new HashSet<IntegrationRights> { one with { Events = "x" } }, seen).Give);
        Assert.Equal([one], IntegrationPlan.Of([one], new HashSet<IntegrationRights> { one }, new Dictionary<string, string> { [one.Name] = "older" }).Give);
    }

    [Fact]
    public void What_is_bound_with_a_key_of_a_grid_that_was_taken_is_found_and_nothing_of_others()
    {
        static EventBinding Bound(string destination, string key) => new(destination, IsQueue: true, key, "~");
        var rights = IntegrationRights.Of(User("ci@integration", "ci"))!;
        EventBinding[] others = [Bound("log-collector-events", "#"), Bound("integration.ci", "#"), Bound("integration.ci2.x", "#"), Bound("integration.gone.x", "grid.other.#")];
        EventBinding[] own = [Bound("integration.ci.x", "grid.main.#"), Bound("integration.ci.x", "grid.other.#"), Bound("integration.ci.y.z", "#")];

        Assert.Equal(own[1..], EventBinding.Forbidden([.. others, .. own], [rights]));
        Assert.All(own, one => Assert.Equal(rights.Name, one.User));
        Assert.Empty(EventBinding.Forbidden(own, [rights with { Events = "^grid\\.|^#$" }]));
    }

    private static Decisions.Decision<CommandResult> Create(CreateIntegration command, params User[] users) =>
        IntegrationDecisions.Create(Of(users), command, _ => $"hash of {command.BrokerPassword}", Now, () => "5a0000000000000000000001");

    private static UserSnapshot Of(params User[] users) => new() { Users = [.. users.Select(user => new Versioned<User>(user, 1))], Grids = ["main"] };

    private static User User(string email, string? integration, bool isViewer = false) => new()
    {
        Id = "5a0000000000000000000002", Email = email, Grids = ["main"], CreatedAt = Now, UpdatedAt = Now,
        Integration = integration is null ? null : new IntegrationLogin { Name = integration, BrokerPasswordHash = "h", IsViewer = isViewer },
    };

    private static IEnumerable<string> Fields(Decisions.Decision<CommandResult> decision) => decision.Reply.Errors.Select(error => error.Path[0]).Distinct();
}
