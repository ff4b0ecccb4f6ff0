using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Kontena.EndToEnd.Platform;
using Xunit;

namespace Kontena.EndToEnd.Fuzz;

public sealed class FuzzedPlatform() : RunningPlatform("embedded", 19492);

[CollectionDefinition(nameof(FuzzedPlatform))]
public sealed class FuzzedPlatformTests : ICollectionFixture<FuzzedPlatform>;

/// <summary>
/// Requests that nobody means, made of the API document, against a whole platform. <c>infra/test fuzz --requests N [--from SEED]</c> sets how many, and from which one on.
/// </summary>
[Collection(nameof(FuzzedPlatform))]
public sealed class FuzzTests(FuzzedPlatform platform)
{
    private const int AtOnce = 8;

    /// <summary>Some answer only when something has happened, at the latest after 25 s.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(40);

    /// <summary>How much of a stream is read before its client goes away.</summary>
    private static readonly TimeSpan StreamTime = TimeSpan.FromMilliseconds(200);

    /// <summary>What a web server may say before any operation has seen the request.</summary>
    private static readonly HashSet<int> OfTheServer = [400, 404, 408, 411, 413, 414, 431];

    private static int Setting(string name, int otherwise) =>
        int.Parse(Environment.GetEnvironmentVariable(name) is { Length: > 0 } given ? given : $"{otherwise}", CultureInfo.InvariantCulture);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whatever_is_sent_is_answered_as_documented_and_costs_no_memory()
    {
        Assert.SkipWhen(platform.Skip is not null, platform.Skip ?? "");
        var (requests, from) = (Setting("KONTENA_FUZZ_REQUESTS", 1500), Setting("KONTENA_FUZZ_FROM", 1));
        var token = platform.Token();
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = AtOnce * 2, RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 }) { BaseAddress = platform.Api, Timeout = Longest };
        var operations = ApiOperation.Of(JsonNode.Parse(await http.GetStringAsync("openapi.json", Cancelled))!.AsObject());
        var nodes = await NodesAsync(http, token);

        var wrong = new ConcurrentQueue<string>();
        var answers = new ConcurrentDictionary<int, int>();
        long before = 0;
        var done = 0;
        await Parallel.ForEachAsync(Enumerable.Range(from, requests), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Cancelled }, async (seed, cancelled) =>
        {
            var dice = new RequestDice(seed, platform.Api, operations, nodes, token);
            using var request = dice.Throw();
            var (status, why) = await SendAsync(http, request, cancelled);
            answers.AddOrUpdate(status, 1, (_, count) => count + 1);
            // Another verb, or dots in a path, lead to another operation or to none.
            var meant = operations.FirstOrDefault(operation => operation.IsMeantBy(request));
            var isDocumented = meant is null ? status < 500 : meant.Statuses.Contains(status) || status < 400 || OfTheServer.Contains(status);
            if (status == 0 || !isDocumented)
                wrong.Enqueue($"seed {seed}: {request.Method} {request.RequestUri} ({dice.Operation.Id}) answered {status}: {why}");
            if (Interlocked.Increment(ref done) == requests / 3)
                before = Resident();
        });

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{requests} requests, seeds {from} to {from + requests - 1}: {string.Join(", ", answers.OrderBy(one => one.Key).Select(one => $"{one.Value} × {one.Key}"))}; {before / 1024} MB, then {Resident() / 1024} MB");
        Assert.True(wrong.IsEmpty, $"{wrong.Count} of {requests}:\n{string.Join("\n", wrong.Take(30))}\n{string.Join("\n", await WhyAsync())}");
        Assert.True(answers.GetValueOrDefault(200) + answers.GetValueOrDefault(201) > requests / 20, "hardly anything was a request");
        // What a longer run needs more than a short one is what it never gives back.
        if (requests >= 50_000)
            Assert.True(Resident() < before * 1.25 + 64 * 1024, $"{before / 1024} MB after a third of the requests, {Resident() / 1024} MB after all");
        Assert.DoesNotContain("Unhandled", await LogAsync(), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>As of clients that are slow, gone, or no clients.</summary>
    [Fact]
    public async Task Others_are_served_while_connections_hang()
    {
        Assert.SkipWhen(platform.Skip is not null, platform.Skip ?? "");
        var halves = new[]
        {
            "", "G", "GET /v1/ping HTTP/1.1\r\n", "GET /v1/ping HTTP/1.1\r\nHost: x\r\nA: ", "\0\u0001\u0002\u0003", "\u0016\u0003\u0001\u0002\0",
            $"POST /v1/grids HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {platform.Token()}\r\nContent-Length: 1000\r\n\r\n{{",
            $"POST /v1/grids HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {platform.Token()}\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\n",
            $"GET /v1/containers/default/x/y/exec HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {platform.Token()}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n\r\n",
        };
        var sockets = new List<TcpClient>();
        try
        {
            for (var number = 0; number < 300; number++)
            {
                var socket = new TcpClient();
                sockets.Add(socket);
                await socket.ConnectAsync(platform.Api.Host, platform.Api.Port, Cancelled);
                await socket.GetStream().WriteAsync(Encoding.Latin1.GetBytes(halves[number % halves.Length]), Cancelled);
            }

            using var api = new RawApi(platform.Api, platform.Token());
            var began = TimeProvider.System.GetTimestamp();
            for (var number = 0; number < 50; number++)
                Assert.Equal(200, (await api.AskAsync("GET", "/v1/grids")).Status);
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(20), "fifty requests took as long as they may with nobody beside");
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    private static async Task<(int Status, string Why)> SendAsync(HttpClient http, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            using var over = new CancellationTokenSource((int)response.StatusCode < 400 ? StreamTime : Longest, TimeProvider.System);
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, over.Token);
            var buffer = new byte[4096];
            var said = 0;
            try
            {
                await using var body = await response.Content.ReadAsStreamAsync(enough.Token);
                said = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, enough.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // A stream: it would go on.
            }

            return ((int)response.StatusCode, Encoding.UTF8.GetString(buffer, 0, Math.Min(said, 300)));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (0, $"nothing within {Longest.TotalSeconds:0} s");
        }
        catch (HttpRequestException exception) when (request.Content?.Headers.ContentLength > 1024 * 1024)
        {
            // Refused before all of it was sent, and the connection ended with it.
            return (413, exception.Message);
        }
        catch (HttpRequestException exception)
        {
            return (0, exception.ToString());
        }
    }

    private static async Task<IReadOnlyList<string>> NodesAsync(HttpClient http, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "v1/grids/default/nodes");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        using var answer = await http.SendAsync(request, Cancelled);
        return [.. JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancelled))!["nodes"]!.AsArray().Select(node => (string)node!["name"]!)];
    }

    /// <summary>kB of the platform's process.</summary>
    private long Resident()
    {
        var line = File.ReadLines($"/proc/{platform.Pid("standalone")}/status").First(one => one.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    /// <summary>What the log says of answers that are nobody's fault but the server's.</summary>
    private async Task<IEnumerable<string>> WhyAsync()
    {
        var lines = (await LogAsync()).Split('\n');
        return lines.Index().Where(line => line.Item.Contains(" answered 500", StringComparison.Ordinal)).Take(5).SelectMany(line => lines.Skip(line.Index).Take(4));
    }

    private Task<string> LogAsync() => platform.LogAsync("standalone");
}
