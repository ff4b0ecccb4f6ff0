using System.Net.Sockets;
using System.Text;

namespace Kontena.Api.Tests.Http;

/// <summary>Whatever arrives costs its sender a 4xx, never us a 5xx or a stall (design law G).</summary>
public sealed class HostileInputTests(SeededApi seeded) : IClassFixture<SeededApi>
{
    public static TheoryData<string, int> Bodies => new()
    {
        { "{", 400 },
        { "not json", 400 },
        { "{\"name\":\"a\"} trailing", 400 },
        { "{'name':'a'}", 400 },
        { "[]", 400 },
        { "\u0000", 400 },
        { "{\"name\":\"\\ud800\"}", 400 },
        { "{\"\\ud800\":1}", 400 },
        { new string('[', 100_000), 400 },
        { string.Concat(Enumerable.Repeat("{\"a\":", 10_000)), 400 },
        { "{\"name\":[],\"image\":{}}", 422 },
        { "{\"env\":[" + string.Join(',', Enumerable.Repeat("[]", 50_000)) + "]}", 422 },
        { "{\"name\":\"" + new string('a', 1024 * 1024) + "\"}", 413 },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Bad_bodies_are_refused_in_json(string body, int status)
    {
        var api = seeded.Api;

        var answer = await api.PostAsync("/v1/grids/main/services", body);

        Assert.Equal((status, "application/json"), (answer.Status, answer.ContentType));
        Assert.NotNull(answer.Json["error"]);
        Assert.Empty(api.Bus.Asked);
    }

    [Fact]
    public async Task A_body_without_end_is_cut_off_at_the_limit()
    {
        var api = seeded.Api;
        using var client = new TcpClient();
        await client.ConnectAsync(api.Address.Host, api.Address.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/grids HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {api.Token}\r\nTransfer-Encoding: chunked\r\n\r\n"), TestContext.Current.CancellationToken);
        var answer = ReadLineAsync(stream);
        var chunk = Encoding.ASCII.GetBytes($"10000\r\n{new string(' ', 0x10000)}\r\n");
        try
        {
            for (var i = 0; i < 1000 && !answer.IsCompleted; i++)
                await stream.WriteAsync(chunk, TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // The server has had enough.
        }

        Assert.Equal("HTTP/1.1 413 Payload Too Large", await answer);
    }

    [Theory]
    [InlineData("/v1/grids/%00")]
    [InlineData("/v1/grids/%ff%fe")]
    [InlineData("/v1/grids/%zz")]
    [InlineData("/v1/grids/%2e%2e")]
    [InlineData("/v1/grids/..%2f..%2fetc")]
    [InlineData("/v1/grids/main%2fservices")]
    [InlineData("/v1/services/main/shop/%F0%9F%98%80")]
    [InlineData("/v1/services/main/shop/we%62")]
    [InlineData("/v1/grids/{grid}")]
    [InlineData("/v1/grids/main/container_logs?limit=%00&since=%ff&from=zz")]
    [InlineData("/v1/grids/main/container_logs?since=yesterday")]
    [InlineData("/v1/grids/main/services?stack=%00")]
    [InlineData("/v1/containers/main?all=%00")]
    public async Task Odd_paths_never_break_anything(string path)
    {
        var api = seeded.Api;
        using var client = new TcpClient();
        await client.ConnectAsync(api.Address.Host, api.Address.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();

        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {api.Token}\r\n\r\n"), TestContext.Current.CancellationToken);

        Assert.Matches("^HTTP/1.1 (200|400|404) ", await ReadLineAsync(stream));
    }

    [Fact]
    public async Task A_very_long_name_is_just_not_there()
    {
        var api = seeded.Api;

        Assert.Equal(404, (await api.GetAsync($"/v1/services/main/shop/{new string('a', 6000)}")).Status);
        Assert.Equal(404, (await api.GetAsync($"/v1/nodes/main/{new string(':', 6000)}")).Status);
    }

    private static async Task<string?> ReadLineAsync(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        return await reader.ReadLineAsync(TestContext.Current.CancellationToken);
    }
}
