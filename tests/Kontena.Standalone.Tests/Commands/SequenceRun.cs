using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace Kontena.Standalone.Tests.Commands;

/// <summary>Sends the requests of one command, each with what the answers before it said, and holds the answers against what the command reads.</summary>
internal sealed partial class SequenceRun(RunningStandalone standalone)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly List<JsonNode> _answers = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task SendAsync(Call call)
    {
        var path = Filled(call.Path.StartsWith('/') ? call.Path : "/v1/" + call.Path);
        var body = call.Body is null ? null : Filled(call.Body);
        var end = TimeProvider.System.GetUtcNow() + Patience;
        while (true)
        {
            var (status, text) = await AskAsync(call, path, body);
            var answer = Read(text);
            var isReached = status == call.Status && (call.Until is not { Length: > 0 } until || AnswerFields.IsReached(answer, until));
            if (!isReached && call.Until is not null && TimeProvider.System.GetUtcNow() < end)
            {
                await Task.Delay(Pause, TimeProvider.System, Cancellation);
                continue;
            }

            Assert.True(status == call.Status, $"{call.Method} {path} answered {status}, not {call.Status}: {text}");
            Assert.True(isReached, $"{call.Method} {path} did not come to {call.Until}: {text}");
            if (AnswerFields.Mistake(answer, call.Reads) is { } mistake)
                Assert.Fail($"{call.Method} {path}: {mistake}: {text}");
            if (answer is not null)
                _answers.Add(answer);
            return;
        }
    }

    private async Task<(int Status, string Text)> AskAsync(Call call, string path, string? body)
    {
        if (call.Method == "WS")
            return await ExecAsync(path, body ?? "");
        var isStream = call.Method == "FOLLOW";
        using var request = new HttpRequestMessage(isStream ? HttpMethod.Get : new HttpMethod(call.Method), path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        var client = call.IsAnonymous ? standalone.Anonymous : standalone.Http;
        using var response = await client.SendAsync(request, isStream ? HttpCompletionOption.ResponseHeadersRead : HttpCompletionOption.ResponseContentRead, Cancellation);
        var text = isStream ? await FirstObjectAsync(response) : await response.Content.ReadAsStringAsync(Cancellation);
        return ((int)response.StatusCode, text);
    }

    /// <summary>A stream goes on for as long as somebody listens.</summary>
    private static async Task<string> FirstObjectAsync(HttpResponseMessage response)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(Cancellation);
        using var read = new MemoryStream();
        var buffer = new byte[4096];
        while (await stream.ReadAsync(buffer.AsMemory(), Cancellation) is > 0 and var count)
        {
            read.Write(buffer, 0, count);
            if (FirstObject(read.ToArray()) is { } text)
                return text;
        }

        return Encoding.UTF8.GetString(read.ToArray());
    }

    private static string? FirstObject(byte[] bytes)
    {
        var reader = new Utf8JsonReader(bytes, isFinalBlock: false, state: default);
        if (!JsonDocument.TryParseValue(ref reader, out var document))
            return null;
        using (document)
            return document.RootElement.GetRawText();
    }

    /// <summary>The frames that came, to the end of the session.</summary>
    private async Task<(int Status, string Text)> ExecAsync(string path, string frame)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {RunningStandalone.Token}");
        await socket.ConnectAsync(new UriBuilder(new Uri(standalone.Address, path)) { Scheme = "ws" }.Uri, Cancellation);
        await socket.SendAsync(Encoding.UTF8.GetBytes(frame).AsMemory(), WebSocketMessageType.Text, endOfMessage: true, Cancellation);
        var frames = new JsonArray();
        var buffer = new byte[16 * 1024];
        while (await socket.ReceiveAsync(buffer.AsMemory(), Cancellation) is { MessageType: WebSocketMessageType.Text } received)
            frames.Add(JsonNode.Parse(Encoding.UTF8.GetString(buffer, 0, received.Count)));
        return (101, new JsonObject { ["frames"] = frames }.ToJsonString());
    }

    /// <summary>Null when it is empty or no JSON. A list is called <c>items</c>.</summary>
    private static JsonNode? Read(string text)
    {
        try
        {
            return text.Length == 0 ? null : JsonNode.Parse(text) is JsonArray list ? new JsonObject { ["items"] = list } : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The newest answer that has the field counts.</summary>
    private string Filled(string text) => Place().Replace(text, place =>
        Enumerable.Reverse(_answers).Select(answer => AnswerFields.Text(answer, place.Groups[1].Value)).FirstOrDefault(value => value is not null)
        ?? throw new InvalidOperationException($"no answer has {place.Value} for {text}"));

    [GeneratedRegex("<([^<>]+)>")]
    private static partial Regex Place();
}
