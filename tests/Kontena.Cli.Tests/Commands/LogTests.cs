using Kontena.Cli.Tests.Support;

namespace Kontena.Cli.Tests.Commands;

public sealed class LogTests : CliTest
{
    private const string Logs = "/v1/services/main/shop/web/container_logs";

    [Fact]
    public async Task Service_logs_name_the_instance()
    {
        Master.On("GET", $"{Logs}?limit=5", $$"""{"logs":[{{Some.Log("1", "shop.web-2", "hello")}}]}""");
        Assert.Equal(0, await RunAsync("service", "logs", "--tail", "5", "shop/web"));
        Assert.Equal("2018-03-12T10:00:09.120Z [2]: hello\n", Out);
    }

    [Fact]
    public async Task Filters_reach_the_api()
    {
        Master.On("GET", $"{Logs}?instance=2&limit=100&since=2018-03-12T10%3A00%3A00.000Z", """{"logs":[]}""");
        Assert.Equal(0, await RunAsync("service", "logs", "-i", "2", "--since", "2018-03-12T10:00:00Z", "shop/web"));
        Assert.Equal("", Out);
    }

    [Fact]
    public async Task Stack_logs_can_be_of_some_services()
    {
        Master.On("GET", "/v1/grids/main/container_logs?services=shop%2Fweb%2Cshop%2Fdb&limit=100", $$"""{"logs":[{{Some.Log("1", "shop.db-1", "x")}}]}""");
        Assert.Equal(0, await RunAsync("stack", "logs", "shop", "web", "db"));
        Assert.Equal("2018-03-12T10:00:09.120Z [shop.db-1]: x\n", Out);
    }

    [Fact]
    public async Task Container_logs_print_json_lines()
    {
        Master.On("GET", "/v1/containers/main/core-01/shop.web-1/logs?limit=100", $$"""{"logs":[{{Some.Log("1", "shop.web-1", "a < b")}}]}""");
        Assert.Equal(0, await RunAsync("container", "logs", "--json", "core-01/shop.web-1"));
        Assert.Contains("\"data\":\"a < b\"", Out);
    }

    [Fact]
    public async Task Follow_goes_on_after_the_last_line_when_the_connection_ends()
    {
        Master.OnStream($"{Logs}?limit=100&follow=1", " ", Some.Log("aa1", "shop.web-1", "one")[..20], Some.Log("aa1", "shop.web-1", "one")[20..])
            .OnStream($"{Logs}?limit=100&from=aa1&follow=1", Some.Log("aa2", "shop.web-1", "two"))
            .OnRequest("GET", $"{Logs}?limit=100&from=aa2&follow=1", _ =>
            {
                Terminal.PressCtrlC();
                return Task.CompletedTask;
            });
        Assert.Equal(130, await RunAsync("service", "logs", "-f", "shop/web"));
        Assert.Equal("2018-03-12T10:00:09.120Z [1]: one\n2018-03-12T10:00:09.120Z [1]: two\n", Out);
    }

    [Fact]
    public async Task Follow_fails_at_once_when_there_is_nothing_to_follow()
    {
        Master.OnStatus("GET", $"{Logs}?limit=100&follow=1", 404, """{"error":"Not found"}""");
        Assert.Equal(1, await RunAsync("service", "logs", "-f", "shop/web"));
        Assert.Contains("404 : Not found", Error);
    }

    [Fact]
    public async Task A_time_nobody_can_read_is_refused()
    {
        Assert.Equal(1, await RunAsync("service", "logs", "--since", "yesterdayish", "shop/web"));
        Assert.Contains("option '--since': invalid value 'yesterdayish'", Error);
    }
}
