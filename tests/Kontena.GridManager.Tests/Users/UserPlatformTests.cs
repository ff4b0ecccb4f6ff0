using Kontena.Contracts.Commands;
using Kontena.Contracts.Identity;
using Kontena.Contracts.Requests;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Tests.Platform;
using Kontena.GridManager.Users;
using Kontena.State;
using Kontena.State.Documents;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kontena.GridManager.Tests.Users;

/// <summary>Over the real bus and store of one process.</summary>
public sealed class UserPlatformTests
{
    private static async Task<IEnumerable<string>> TwiceAsync(Func<Task<CommandResult>> ask)
    {
        var answers = new[] { await ask(), await ask() };
        Assert.All(answers, answer => Assert.Equal("Done", answer.Show()));
        return answers.Select(answer => answer.CreatedId!).Distinct();
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_code_that_ten_exchange_at_once_makes_one_token()
    {
        await using var running = await RunningGridManager.StartAsync();
        var invited = await running.AskAsync(new InviteUser { Email = "dev@example.org", InviteCodeHash = "i" });
        await running.AskAsync(new CreateCode { UserId = invited.CreatedId!, CodeHash = "code", Scopes = ["user"], ExpiresIn = 60 });

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(
            number => running.AskAsync(new RedeemCode { CodeHash = "code", Token = new($"t{number}", "last", $"r{number}", "last") })));

        Assert.Single(answers, answer => answer.Outcome == CommandOutcome.Done);
        Assert.All(answers.Where(answer => answer.Outcome != CommandOutcome.Done), answer => Assert.Equal("NotFound; : authorization_code", answer.Show()));
        Assert.Single(await running.Store.ListAsync(StateKeys.AccessToken, StateKeys.System, Cancelled));
    }

    [Fact]
    public async Task A_token_is_found_by_its_hashes_until_it_is_renewed_or_its_user_removed()
    {
        await using var running = await RunningGridManager.StartAsync();
        var dev = (await running.AskAsync(new InviteUser { Email = "Dev@example.org", InviteCodeHash = "i" })).CreatedId!;
        await running.AskAsync(new CreateToken { UserId = dev, Token = new("t1", "last", "r1", "last"), Scopes = ["user"], ExpiresIn = 60 });
        await running.AskAsync(new RefreshToken { RefreshHash = "r1", Token = new("t2", "last", "r2", "last") });

        Assert.Empty(await running.Store.ListAsync(StateKeys.AccessToken, StateKeys.System, Cancelled, new IndexValue("token", "t1")));
        Assert.Single(await running.Store.ListAsync(StateKeys.AccessToken, StateKeys.System, Cancelled, new IndexValue("token", "t2")));
        Assert.Equal("NotFound; : refresh_token", (await running.AskAsync(new RefreshToken { RefreshHash = "r1", Token = new("t3", "last", "r3", "last") })).Show());

        var sent = new BeginKeyedRequest { Id = "id", Owner = KeyedRequest.OwnerOf(dev), UserId = dev, Fingerprint = "body", Attempt = "first" };
        Assert.Equal(KeyedRequestStanding.Begun, (await running.AskAsync<BeginKeyedRequest, KeyedRequestBegun>(sent)).Standing);
        Assert.Equal("Done", (await running.AskAsync(new EndKeyedRequest { Id = "id", Attempt = "first", Status = 201, Body = "{}" })).Show());

        Assert.Equal("Done", (await running.AskAsync(new ChangeGridUser { Grid = "prod", Email = "dev@EXAMPLE.org" })).Show());
        Assert.Equal("Done", (await running.AskAsync(new RemoveUser { Email = "dev@example.org" })).Show());
        Assert.Equal(KeyedRequestStanding.NoUser, (await running.AskAsync<BeginKeyedRequest, KeyedRequestBegun>(sent)).Standing);
        Assert.Empty(await running.Store.ListAsync(StateKeys.KeyedRequest, StateKeys.System, Cancelled));
        Assert.Empty(await running.Store.ListAsync(StateKeys.KeyedAnswer, StateKeys.System, Cancelled));
        Assert.Empty(await running.Store.ListAsync(StateKeys.AccessToken, StateKeys.System, Cancelled));
        Assert.Empty(await running.Store.ListAsync(StateKeys.User, StateKeys.System, Cancelled));
    }

    [Fact]
    public async Task A_command_that_arrives_twice_makes_one_of_everything()
    {
        await using var running = await RunningGridManager.StartAsync();
        while (await running.Store.GetAsync(StateKeys.FirstCodeMade, StateKeys.System, "first", Cancelled) is null)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancelled);
        var codesBefore = (await running.Store.ListAsync(StateKeys.AuthorizationCode, StateKeys.System, Cancelled)).Count;
        var dev = (await running.AskAsync(new InviteUser { Email = "dev@example.org", InviteCodeHash = "i" })).CreatedId!;

        Assert.Single(await TwiceAsync(() => running.AskAsync(new CreateToken { UserId = dev, Token = new("t1", "last", "r1", "last"), Scopes = ["user"], ExpiresIn = 60 })));
        Assert.Single(await TwiceAsync(() => running.AskAsync(new CreateCode { UserId = dev, CodeHash = "c", Scopes = ["user"] })));
        Assert.Single(await TwiceAsync(() => running.AskAsync(new RedeemCode { CodeHash = "c", Token = new("t2", "last", "r2", "last") })));
        Assert.Single(await TwiceAsync(() => running.AskAsync(new RefreshToken { RefreshHash = "r1", Token = new("t3", "last", "r3", "last") })));

        Assert.Equal(["t2", "t3"], (await running.Store.ListAsync(StateKeys.AccessToken, StateKeys.System, Cancelled)).Select(one => one.Value.TokenHash).Order());
        Assert.Equal(codesBefore, (await running.Store.ListAsync(StateKeys.AuthorizationCode, StateKeys.System, Cancelled)).Count);
    }

    [Fact]
    public async Task The_first_code_is_made_and_printed_once()
    {
        await using var running = await RunningGridManager.StartAsync();
        // The one of the start.
        while (await running.Store.GetAsync(StateKeys.FirstCodeMade, StateKeys.System, "first", Cancelled) is null)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancelled);
        var code = Assert.Single(await running.Store.ListAsync(StateKeys.AuthorizationCode, StateKeys.System, Cancelled));
        Assert.Equal((User.Administrator.Id, null), (code.Value.UserId, code.Value.ExpiresAt));

        var console = new StringWriter();
        var again = new FirstCode(new FirstCodeOptions(null), new GridLedger(running.Store, TimeProvider.System, NullLogger<GridLedger>.Instance), TimeProvider.System, NullLogger<FirstCode>.Instance);
        await again.EnsureAsync(console, Cancelled);

        Assert.Equal("", console.ToString());
        Assert.Single(await running.Store.ListAsync(StateKeys.AuthorizationCode, StateKeys.System, Cancelled));
    }
}
