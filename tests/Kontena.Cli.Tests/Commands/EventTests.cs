using Kontena.Cli.Tests.Support;

namespace Kontena.Cli.Tests.Commands;

public sealed class EventTests : CliTest
{
    private static string Event(string type, string message, string relationships, int severity = 1, string id = "ab1") => $$"""
        {"id":"{{id}}","created_at":"2018-03-12T10:00:06.700Z","severity":{{severity}},"type":"{{type}}","message":"{{message}}","meta":null,"relationships":[{"id":"main","type":"grid"}{{relationships}}]}
        """;

    private const string OfWeb = """,{"id":"main/shop","type":"stack"},{"id":"main/shop/web","type":"service"},{"id":"main/core-01","type":"node"}""";

    [Fact]
    public async Task Service_events_are_told_without_the_word_service()
    {
        Master.On("GET", "/v1/services/main/shop/web/event_logs?limit=5", $$"""{"logs":[{{Event("service:instance_crash", "it ended", OfWeb)}}]}""");
        Assert.Equal(0, await RunAsync("service", "events", "--tail", "5", "shop/web"));
        Assert.Equal(
            "TIME                      TYPE                 MESSAGE\n"
            + "2018-03-12T10:00:06.700Z  instance_crash       it ended (core-01)\n", Out);
    }

    [Fact]
    public async Task Stack_events_keep_their_type()
    {
        Master.On("GET", "/v1/stacks/main/shop/event_logs?limit=100&since=2018-03-12T10%3A00%3A00.000Z", $$"""{"logs":[{{Event("stack:deploy", "stack shop deployed", "")}}]}""");
        Assert.Equal(0, await RunAsync("stack", "events", "--since", "2018-03-12T10:00:00Z", "shop"));
        Assert.Equal(
            "TIME                      TYPE                      MESSAGE\n"
            + "2018-03-12T10:00:06.700Z  stack:deploy              stack shop deployed\n", Out);
    }

    [Fact]
    public async Task Grid_events_say_whom_they_concern()
    {
        Master.On("GET", "/v1/grids/main/event_logs?nodes=core-01%2Ccore-02&services=shop%2Fweb&limit=100",
            $$"""{"logs":[{{Event("service:deploy", "m", OfWeb)}},{{Event("service:create", "n", """,{"id":"main/null/api","type":"service"}""")}}]}""");
        Assert.Equal(0, await RunAsync("grid", "events", "--node", "core-01", "--node", "core-02", "--service", "shop/web"));
        Assert.Equal(
            "TIME                      TYPE                      RELATIONSHIPS                            MESSAGE\n"
            + "2018-03-12T10:00:06.700Z  service:deploy            stack=shop,service=shop/web,node=core-01 m\n"
            + "2018-03-12T10:00:06.700Z  service:create            service=api                              n\n", Out);
    }

    [Fact]
    public async Task With_json_each_event_is_as_the_api_gives_it()
    {
        Master.On("GET", "/v1/grids/main/event_logs?limit=100", $$"""{"logs":[{{Event("node:online", "node a is online", "")}}]}""");
        Assert.Equal(0, await RunAsync("grid", "events", "--json"));
        Assert.Equal(Event("node:online", "node a is online", "") + "\n", Out);
    }

    [Fact]
    public async Task Follow_goes_on_after_the_last_event_when_the_connection_ends()
    {
        Master.OnStream("/v1/grids/main/event_logs?limit=100&follow=1", " ", Event("grid:update", "one", ""))
            .OnStream("/v1/grids/main/event_logs?limit=100&from=ab1&follow=1", Event("grid:update", "two", "", id: "ab2"))
            .OnRequest("GET", "/v1/grids/main/event_logs?limit=100&from=ab2&follow=1", _ =>
            {
                Terminal.PressCtrlC();
                return Task.CompletedTask;
            });
        Assert.Equal(130, await RunAsync("grid", "events", "-f"));
        Assert.Equal(["one", "two"], Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(' ')[^1]));
    }
}
