using Kontena.Contracts.Instances;
using Kontena.Contracts.Messaging;
using Kontena.NodeAgent.Registries;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing;
using Xunit;

namespace Kontena.NodeAgent.Tests.Registries;

public sealed class RegistryLoginsTests
{
    private const string Instance = "5f00000000000000000000aa";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_grids_login_is_asked_for_and_opened()
    {
        var desk = new LoginDesk { Password = "s3cr3t" };

        var given = await desk.Logins.AskAsync(Instance, Cancelled);

        Assert.Equal(new RegistryCredentials(LoginDesk.Registry, "bot", "s3cr3t"), given.Login);
        Assert.Null(given.Problem);
        Assert.Equal(Destination.Report("test", "login"), desk.AskedAt);
        Assert.Equal(("test", "node-1", "FAKE:ENGINE", Instance), desk.Asked.Single() is var asked ? (asked.Grid, asked.Node, asked.NodeId, asked.InstanceId) : default);
        Assert.DoesNotContain("s3cr3t", given.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_question_has_a_key_of_its_own()
    {
        var desk = new LoginDesk();

        await desk.Logins.AskAsync(Instance, Cancelled);
        await desk.Logins.AskAsync(Instance, Cancelled);

        Assert.Equal((2, 2), (desk.Asked.Select(one => one.PublicKey).Distinct().Count(), desk.Asked.Select(one => one.QuestionId).Distinct().Count()));
    }

    [Fact]
    public async Task A_grid_without_a_login_is_no_problem() => Assert.Equal(new GivenLogin(null), await new LoginDesk().Logins.AskAsync(Instance, Cancelled));

    [Fact]
    public async Task A_login_for_another_question_is_not_used()
    {
        var desk = new LoginDesk { Password = "s3cr3t" };
        Contracts.Registries.RegistryLoginTold? first = null;
        desk.OnTheWay = told => told with { Password = (first ??= told).Password };
        await desk.Logins.AskAsync(Instance, Cancelled);

        var given = await desk.Logins.AskAsync(Instance, Cancelled);

        Assert.Null(given.Login);
        Assert.Contains("not meant for this question", given.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_that_was_told_for_another_registry_is_not_used()
    {
        var desk = new LoginDesk { Password = "s3cr3t", OnTheWay = told => told with { Registry = "evil.example" } };

        Assert.Null((await desk.Logins.AskAsync(Instance, Cancelled)).Login);
    }

    [Fact]
    public async Task Without_an_answer_the_pull_goes_on_and_knows_why()
    {
        var clock = new TestClock();
        var desk = new LoginDesk(clock) { OnTheWay = _ => null };

        var asking = desk.Logins.AskAsync(Instance, Cancelled);
        clock.Advance(RegistryLogins.Patience - TimeSpan.FromMilliseconds(1));
        Assert.False(asking.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Contains("did not say within 5 s", (await asking).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_is_away_is_no_answer_either() =>
        Assert.Contains("did not say", (await new LoginDesk { Away = true }.Logins.AskAsync(Instance, Cancelled)).Problem, StringComparison.Ordinal);

    [Fact]
    public void An_answer_that_nobody_waits_for_is_dropped() => new LoginDesk().Logins.Deliver(new Contracts.Registries.RegistryLoginTold { QuestionId = "nobody's" });
}
