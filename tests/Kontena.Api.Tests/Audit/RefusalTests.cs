using Kontena.Api.Audit;
using Kontena.Contracts.Audit;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Identity;
using Kontena.State;
using Microsoft.Extensions.DependencyInjection;

namespace Kontena.Api.Tests.Audit;

/// <summary>Who is let nothing do is written down, a few lines a minute.</summary>
public sealed class RefusalTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static RefusedAccess Refused(string caller, string address, string need = "token") => new()
    {
        Caller = new Caller { Id = caller, Name = caller, Kind = CallerKind.User, Address = address }, Need = need, Path = "GET /v1/grids", Status = 403, Count = 1,
    };

    [Fact]
    public async Task A_wrong_token_a_role_too_little_and_a_foreign_grid_are_told_with_their_counts()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        await api.PutAsync(StateKeys.Grid, StateKeys.System, Some.Grid() with { Name = "other" });
        api.Bus.Answer<NoteRefusals>(_ => CommandResult.Done());
        using var user = await api.ClientOfAsync(Some.User("user@x", ["main"]), "token-of-user");
        using var stranger = api.ClientWith("wrong");

        for (var time = 0; time < 3; time++)
            Assert.Equal(403, (await api.SendAsync(HttpMethod.Get, "/v1/grids/main?token=s3cr3t", client: stranger)).Status);
        Assert.NotEqual(200, (await api.SendAsync(HttpMethod.Put, "/v1/grids/main", "{}", user)).Status);
        Assert.Equal(403, (await api.SendAsync(HttpMethod.Get, "/v1/grids/other", client: user)).Status);
        Assert.NotEqual(200, (await api.SendAsync(HttpMethod.Get, "/v1/users", client: user)).Status);
        Assert.Equal(200, (await api.SendAsync(HttpMethod.Get, "/v1/grids/main", client: user)).Status);
        Assert.Equal(404, (await api.SendAsync(HttpMethod.Get, "/v1/grids/nope", client: user)).Status);
        // Nobody who was refused has waited for it.
        Assert.DoesNotContain(api.Bus.Asked, one => one.Message is NoteRefusals);
        var reporter = api.Services.GetRequiredService<RefusalReporter>();
        await reporter.ReportAsync(Cancelled);
        await reporter.ReportAsync(Cancelled);

        var note = api.Bus.Single<NoteRefusals>();
        Assert.Equal(
            ["unknown token  3", "user@x grid admin main 1", "user@x grid user other 1", "user@x user admin  1"],
            note.Refused.Select(one => $"{one.Caller.Name} {one.Need} {one.Grid} {one.Count}"));
        Assert.All(note.Refused, one => Assert.Equal("127.0.0.1", one.Caller.Address));
        Assert.DoesNotContain("s3cr3t", string.Concat(note.Refused), StringComparison.Ordinal);
        Assert.Equal(0, note.Beyond);
    }

    [Fact]
    public async Task What_could_not_be_written_down_is_told_the_next_time()
    {
        await using var api = await ApiUnderTest.StartAsync();
        var (window, reporter) = (api.Services.GetRequiredService<RefusalWindow>(), api.Services.GetRequiredService<RefusalReporter>());
        window.Count(Refused(RefusalWindow.Unknown, "10.0.0.1"));
        await reporter.ReportAsync(Cancelled);
        window.Count(Refused(RefusalWindow.Unknown, "10.0.0.1"));

        Assert.Equal(2, Assert.Single(window.Take()!.Refused).Count);
        Assert.Null(window.Take());
    }

    [Fact]
    public void A_flood_of_strangers_takes_no_more_room_and_crowds_out_nobody_who_is_known()
    {
        var window = new RefusalWindow();
        for (var number = 0; number < 100; number++)
        {
            window.Count(Refused(RefusalWindow.Unknown, $"10.0.0.{number}"));
            window.Count(Refused(RefusalWindow.Unknown, $"10.0.0.{number}"));
        }

        window.Count(Refused("ann", "10.0.0.1", "grid admin"));

        var taken = window.Take()!;
        Assert.Equal(RefusalWindow.MostOfEach + 1, taken.Refused.Count);
        Assert.Equal(2 * (100 - RefusalWindow.MostOfEach), taken.Beyond);
        Assert.Equal("ann", taken.Refused[^1].Caller.Id);
        window.GiveBack(taken);
        Assert.Equal(taken.Beyond, window.Take()!.Beyond);
    }
}
