using Kontena.Contracts.Events;

namespace Kontena.Api.Tests.Events;

public sealed class EventEndpointTests
{
    private static LoggedEvent Logged(int number, string type = EventTypes.CreateInstance) => new()
    {
        Id = $"{number:x24}",
        At = Some.Noon,
        Event = new GridEvent
        {
            Grid = "main", Type = type, Severity = EventSeverity.Info, Message = "service shop/web-1 instance created",
            Stack = "shop", Service = "web", Instance = 1, Node = "core-01",
        },
    };

    [Fact]
    public async Task Events_have_the_keys_clients_know()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        var bare = Logged(18, "volume:create") with
        {
            Event = new GridEvent { Grid = "main", Type = "volume:create", Severity = 2, Message = "volume data created", Volume = "data" },
        };
        var alone = Logged(19) with { Event = Logged(19).Event with { Stack = "null", Node = null } };
        api.Bus.Answer<QueryEvents>(_ => new EventPage { Events = [Logged(16), bare, alone] });

        var logs = (await api.GetAsync("/v1/services/main/shop/web/event_logs")).Json["logs"]!;

        Assert.Equal(
            """{"id":"000000000000000000000010","created_at":"2026-03-01T12:00:00.000Z","severity":1,"type":"service:create_instance","message":"service shop/web-1 instance created","meta":{"instance_number":1},"relationships":[{"id":"main","type":"grid"},{"id":"main/shop","type":"stack"},{"id":"main/shop/web","type":"service"},{"id":"main/core-01","type":"node"}]}""",
            logs[0]!.ToJsonString());
        Assert.Equal(
            """{"id":"000000000000000000000012","created_at":"2026-03-01T12:00:00.000Z","severity":2,"type":"volume:create","message":"volume data created","meta":null,"relationships":[{"id":"main","type":"grid"},{"id":"main/data","type":"volume"}]}""",
            logs[1]!.ToJsonString());
        Assert.Equal("""[{"id":"main","type":"grid"},{"id":"main/null/web","type":"service"}]""", logs[2]!["relationships"]!.ToJsonString());
        Assert.Equal(("main", "shop", "web", 100), (api.Bus.Single<QueryEvents>().Grid, api.Bus.Single<QueryEvents>().Stack, api.Bus.Single<QueryEvents>().Service, api.Bus.Single<QueryEvents>().Limit));
    }

    [Fact]
    public async Task Each_place_asks_for_its_own_events()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        api.Bus.Answer<QueryEvents>(_ => new EventPage { Events = [] });

        Assert.Equal("""{"logs":[]}""", (await api.GetAsync("/v1/grids/main/event_logs?nodes=core-01,main/core-02&stacks=shop&services=shop/web,gone/api&limit=7")).Text);
        await api.GetAsync("/v1/stacks/main/shop/event_logs?since=2026-03-01T11:00:00Z");
        await api.GetAsync("/v1/stacks/main/null/event_logs?from=5a0000000000000000000101&since=2026-03-01");

        var asked = api.Bus.Asked.Select(one => (QueryEvents)one.Message).ToList();
        Assert.Equal(["core-01", "core-02"], asked[0].AnyNode!);
        Assert.Equal(["shop"], asked[0].AnyStack!);
        Assert.Equal(["shop/web", "gone/api"], asked[0].AnyService!);
        Assert.Equal((7, null), (asked[0].Limit, asked[0].After));
        Assert.Equal(("shop", null, Some.Noon.AddHours(-1)), (asked[1].Stack, asked[1].Service, asked[1].Since));
        Assert.Equal(("null", "5a0000000000000000000101", null), (asked[2].Stack, asked[2].After, asked[2].Since));
    }

    [Fact]
    public async Task What_is_not_there_or_cannot_match_is_not_asked()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();

        foreach (var path in new[] { "grids/nope", "stacks/main/nope", "services/main/shop/nope", "services/main/null/nope" })
            Assert.Equal(404, (await api.GetAsync($"/v1/{path}/event_logs")).Status);
        Assert.Equal("""{"logs":[]}""", (await api.GetAsync("/v1/grids/main/event_logs?since=whenever")).Text);
        Assert.Equal("""{"logs":[]}""", (await api.GetAsync("/v1/grids/main/event_logs?from=junk")).Text);
        Assert.Empty(api.Bus.Asked);
    }

    [Fact]
    public async Task A_log_that_can_not_be_read_is_503_with_the_reason()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();

        Assert.Equal(503, (await api.GetAsync("/v1/grids/main/event_logs")).Status);
        api.Bus.Answer<QueryEvents>(_ => new EventPage { Events = [], Error = "the event log can't be used (disk full)" });

        var answer = await api.GetAsync("/v1/grids/main/event_logs");
        Assert.Equal((503, """{"error":"the event log can't be used (disk full)"}"""), (answer.Status, answer.Text));
    }

    [Fact]
    public async Task Following_goes_on_after_the_last_event_that_was_sent()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        var asked = new List<QueryEvents>();
        var thrice = new TaskCompletionSource();
        api.Bus.Answer<QueryEvents>(query =>
        {
            asked.Add(query);
            if (asked.Count == 3)
                thrice.TrySetResult();
            return new EventPage { Events = asked.Count == 2 ? [Logged(1), Logged(2)] : [] };
        });

        using var following = await api.Http.GetAsync("/v1/grids/main/event_logs?follow=1&limit=10&since=2026-03-01T11:00:00Z",
            HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await thrice.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal("application/json", following.Content.Headers.ContentType!.MediaType);
        Assert.Equal((null, 10, Some.Noon.AddHours(-1)), (asked[0].After, asked[0].Limit, asked[0].Since));
        Assert.Equal((new string('0', 24), 300, Some.Noon.AddHours(-1)), (asked[1].After, asked[1].Limit, asked[1].Since));
        Assert.Equal(($"{2:x24}", null), (asked[2].After, asked[2].Since));
    }
}
