using System.Net.Sockets;
using System.Text;
using Kontena.Contracts.Logs;
using Kontena.State;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Kontena.Api.Tests.Logs;

public sealed class LogEndpointTests
{
    [Theory]
    [InlineData("", 100)]
    [InlineData("?limit", 100)]
    [InlineData("?limit=0", 100)]
    [InlineData("?limit=-5", 100)]
    [InlineData("?limit=junk", 100)]
    [InlineData("?limit=250", 250)]
    [InlineData("?limit=10001", 10_000)]
    [InlineData("?limit=99999999999999", 10_000)]
    public async Task Limits_are_kept_in_bounds(string query, int limit)
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        api.Bus.Answer<QueryLogs>(_ => new LogPage { Lines = [] });

        Assert.Equal("""{"logs":[]}""", (await api.GetAsync($"/v1/grids/main/container_logs{query}")).Text);
        Assert.Equal(limit, api.Bus.Single<QueryLogs>().Limit);
    }

    [Fact]
    public async Task Lines_have_the_keys_clients_know()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        api.Bus.Answer<QueryLogs>(_ => new LogPage { Lines = [Some.Line(16, "listening"), Some.Line(17, "x") with { Stack = "null" }] });

        var logs = (await api.GetAsync("/v1/services/main/shop/web/container_logs?instance=1")).Json["logs"]!;

        Assert.Equal(
            """{"id":"000000000000000000000010","name":"shop.web-1","container_id":"5a0000000000000000000101","service":{"id":"main/shop/web","name":"web"},"stack":{"id":"main/shop","name":"shop"},"grid":{"id":"main","name":"main"},"node":{"name":"core-01"},"created_at":"2026-03-01T12:00:00.000Z","type":"stdout","data":"listening"}""",
            logs[0]!.ToJsonString());
        Assert.Null(logs[1]!["stack"]);
        Assert.Equal((1, "shop", "web"), (api.Bus.Single<QueryLogs>().Instance, api.Bus.Single<QueryLogs>().Stack, api.Bus.Single<QueryLogs>().Service));
    }

    [Fact]
    public async Task Each_place_asks_for_its_own_lines()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        api.Bus.Answer<QueryLogs>(_ => new LogPage { Lines = [] });

        await api.GetAsync("/v1/grids/main/container_logs?services=shop/web,web,nope,shop/nope&nodes=core-01&containers=core-01/shop.web-1");
        await api.GetAsync("/v1/stacks/main/shop/container_logs?since=2026-03-01T11:00:00Z&container=shop.web-2");
        await api.GetAsync("/v1/containers/main/core-01/shop.web-2/logs?from=5a0000000000000000000101&since=2026-03-01&search=error");
        await api.GetAsync("/v1/grids/main/container_logs?since=2026-03-01%2011:00:00%20UTC");
        await api.GetAsync("/v1/grids/main/container_logs?from=000000000000000000000000&since=2026-03-01T11:00:00Z");

        var asked = api.Bus.Asked.Select(one => (QueryLogs)one.Message).ToList();
        Assert.Equal(["shop/web", "shop/web"], asked[0].AnyService!);
        Assert.Equal(["core-01"], asked[0].AnyNode!);
        Assert.Equal(["shop.web-1"], asked[0].AnyContainer!);
        Assert.Equal(("shop", "shop.web-2", Some.Noon.AddHours(-1)), (asked[1].Stack, asked[1].ContainerName, asked[1].Since));
        Assert.Equal(("core-01", "shop.web-2", "5a0000000000000000000101", "error"), (asked[2].Node, asked[2].ContainerName, asked[2].After, asked[2].Text));
        Assert.Null(asked[2].Since);
        Assert.Equal(Some.Noon.AddHours(-1), asked[3].Since);
        Assert.Equal(("000000000000000000000000", Some.Noon.AddHours(-1)), (asked[4].After, asked[4].Since));
    }

    [Fact]
    public async Task What_cannot_match_is_not_asked()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();

        Assert.Equal("""{"logs":[]}""", (await api.GetAsync("/v1/grids/main/container_logs?since=whenever")).Text);
        Assert.Equal("""{"logs":[]}""", (await api.GetAsync("/v1/grids/main/container_logs?from=junk")).Text);
        Assert.Empty(api.Bus.Asked);
    }

    [Fact]
    public async Task A_search_that_makes_no_sense_is_refused_with_the_reason()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        api.Bus.Answer<QueryLogs>(_ => new LogPage { Lines = [], Error = "the quote at character 1 is not closed" });

        var answer = await api.GetAsync("/v1/stacks/main/shop/container_logs?search=%22a");

        Assert.Equal((422, """{"search":"the quote at character 1 is not closed"}"""), (answer.Status, answer.Error));
    }

    [Fact]
    public async Task Following_writes_one_object_per_chunk_and_blanks_between_and_survives_an_absent_log_collector()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        var round = 0;
        api.Bus.Answer<QueryLogs>(query => Interlocked.Increment(ref round) switch
        {
            1 => new LogPage { Lines = [Some.Line(1, "first"), Some.Line(2, new string('é', 20_000))] },
            2 => new LogPage { Lines = [] },
            3 => throw new TimeoutException("away"),
            4 => new LogPage { Lines = [Some.Line(3, "after " + query.After)] },
            _ => new LogPage { Lines = [] },
        });
        using var client = new TcpClient();
        await client.ConnectAsync(api.Address.Host, api.Address.Port, TestContext.Current.CancellationToken);
        var stream = new BufferedStream(client.GetStream());
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET /v1/stacks/main/shop/container_logs?follow=1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {api.Token}\r\n\r\n"), TestContext.Current.CancellationToken);
        await stream.FlushAsync(TestContext.Current.CancellationToken);

        var head = await ReadHeadAsync(stream);
        var chunks = new List<string>();
        while (chunks.Count(chunk => chunk != " ") < 3)
            chunks.Add(await ReadChunkAsync(stream));

        Assert.Contains("HTTP/1.1 200 OK", head);
        Assert.Contains("Transfer-Encoding: chunked", head);
        Assert.Contains("Content-Type: application/json", head);
        Assert.Contains("\"data\":\"first\"", chunks[0]);
        Assert.EndsWith("é\"}", chunks[1]);
        Assert.Equal(" ", chunks[2]);
        Assert.Contains("after 000000000000000000000002", chunks[^1]);
    }

    [Fact]
    public async Task A_stream_ends_when_the_token_that_opened_it_is_taken_away()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        api.Bus.Answer<QueryLogs>(_ => new LogPage { Lines = [] });
        var dev = Some.User("dev@x", ["main"]);
        using var client = await api.ClientOfAsync(dev, "token-of-dev");
        using var answer = await client.GetAsync(
            new Uri("/v1/stacks/main/shop/container_logs?follow=1", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using var stream = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        Assert.Equal(' ', stream.ReadByte());

        await api.DeleteAsync(StateKeys.AccessToken, StateKeys.System, Some.Token(dev, "token-of-dev").Id);

        // To its end, within the client's 30 s.
        using var reader = new StreamReader(stream);
        Assert.Equal("", (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim());
    }

    [Fact]
    public async Task A_stream_ends_whole_when_the_process_stops()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        api.Bus.Answer<QueryLogs>(_ => new LogPage { Lines = [] });
        using var answer = await api.Http.GetAsync(
            new Uri("/v1/stacks/main/shop/container_logs?follow=1", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using var stream = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        Assert.Equal(' ', stream.ReadByte());

        api.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        // To its end, within the client's 30 s.
        using var reader = new StreamReader(stream);
        Assert.Equal("", (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim());
    }

    [Fact]
    public async Task A_first_burst_of_a_silent_service_is_followed_from_its_beginning()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        var asked = new List<QueryLogs>();
        var twice = new TaskCompletionSource();
        api.Bus.Answer<QueryLogs>(query =>
        {
            asked.Add(query);
            if (asked.Count == 2)
                twice.TrySetResult();
            return new LogPage { Lines = [] };
        });
        using var following = await api.Http.GetAsync("/v1/services/main/shop/web/container_logs?follow=1&limit=10&since=2026-03-01T11:00:00Z",
            HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await twice.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal((null, 10), (asked[0].After, asked[0].Limit));
        Assert.Equal((new string('0', 24), 300), (asked[1].After, asked[1].Limit));
        Assert.Equal(asked[0].Since, asked[1].Since);
    }

    private static async Task<string> ReadHeadAsync(Stream stream)
    {
        var head = new StringBuilder();
        while (await ReadLineAsync(stream) is { Length: > 0 } line)
            head.Append(line).Append('\n');
        return head.ToString();
    }

    private static async Task<string> ReadChunkAsync(Stream stream)
    {
        var length = Convert.ToInt32(await ReadLineAsync(stream), 16);
        var bytes = new byte[length + 2];
        await stream.ReadExactlyAsync(bytes, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private static async Task<string> ReadLineAsync(Stream stream)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one, TestContext.Current.CancellationToken) == 1 && one[0] != '\n')
            line.Add(one[0]);
        return Encoding.ASCII.GetString([.. line]).TrimEnd('\r');
    }
}
