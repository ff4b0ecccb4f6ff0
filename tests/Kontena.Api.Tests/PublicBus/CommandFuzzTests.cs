using System.Text;
using System.Text.Json.Nodes;
using Kontena.Api.Http;
using Kontena.Api.PublicBus;
using Kontena.Contracts.Identity;
using Kontena.Hosting.PublicBus;
using Microsoft.Extensions.DependencyInjection;

namespace Kontena.Api.Tests.PublicBus;

/// <summary>Messages that nobody means, through the whole pipeline: each is answered with a status and a reason, and nothing throws.</summary>
public sealed class CommandFuzzTests
{
    private const int Seed = 2811;
    private const int Mutants = 3_000;
    private const int MostShown = 400;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>What is mutated. Nothing that waits for a node.</summary>
    private static readonly string[] Meant =
    [
        """{"operation":"showGrid","parameters":{"grid":"main"}}""",
        """{"method":"GET","path":"/v1/grids/main"}""",
        """{"operation":"listGridLogs","parameters":{"grid":"main","limit":5,"nodes":["a","b"]}}""",
        """{"operation":"createVolume","parameters":{"grid":"main"},"body":{"name":"data","driver":"local","driver_opts":{"a":"b"}},"idempotency_key":"k-1"}""",
        """{"operation":"createStack","parameters":{"grid":"main"},"body":{"name":"shop","services":[{"name":"web","image":"nginx:1.27","env":["A=b"],"instances":2}]}}""",
        """{"operation":"updateService","parameters":{"grid":"main","stack":"shop","service":"web"},"body":{"image":"nginx:1.28","ports":[{"node_port":80}]}}""",
    ];

    private static readonly string[] Parts =
    [
        "{", "}", "[", "]", "\"", ",", ":", "null", "true", "-1", "1e999", "9223372036854775808", "0.1", "\\ud800", "\\u0000", "..", "/", "%2e%2e", "?", "#", "\u202e", "é", "\ufeff", "\0",
        "\"operation\"", "\"parameters\":{}", "\"body\":[]", "\"grid\"", "main", "GET", "DELETE", "/v1/", "follow", "{}", "[[[[[[[[[[",
    ];

    private static readonly byte[][] NoText =
    [
        [0xff],
        [0xfe, 0xff, 0x00, 0x7b],
        [.. "{\"operation\":\""u8, 0xff, 0xc0, 0x80, .. "\"}"u8],
        [.. "{\"operation\":\"showGrid\",\"parameters\":{\"grid\":\""u8, 0xed, 0xa0, 0x80, .. "\"}}"u8],
        [.. "{\""u8, 0xff, .. "\":1}"u8],
    ];

    private static IEnumerable<byte[]> Nasty()
    {
        string[] texts =
        [
            "", " ", "\0", "null", "true", "7", "\"x\"", "[]", "[[]]", "{}", "{\"\":1}", "{'operation':'x'}", "{\"operation\":\"showGrid\",}", "{\"operation\":\"showGrid\"}{}", "// x\n{}",
            "\ufeff{\"operation\":\"showGrid\",\"parameters\":{\"grid\":\"main\"}}", "{\"operation\":NaN}",
            // Verbs that there are not, or not here.
            """{"operation":"explode"}""", """{"operation":""}""", """{"operation":"SHOWGRID","parameters":{"grid":"main"}}""", """{"operation":"showGrid ","parameters":{"grid":"main"}}""",
            """{"operation":"openExec","parameters":{"grid":"main","node":"a","name":"b"}}""", """{"operation":"enrolNode","body":{}}""", """{"operation":"showMaster"}""",
            """{"method":"get","path":"/v1/grids"}""", """{"method":"TRACE","path":"/v1/grids"}""", """{"method":"CONNECT","path":"/v1/grids"}""", """{"method":"","path":""}""",
            // Fields that are missing, stand beside one another, or are of another type.
            """{"operation":null}""", """{"operation":{}}""", """{"operation":["showGrid"]}""", """{"method":"GET"}""", """{"path":"/v1/grids"}""", """{"operation":"showGrid","method":"GET"}""",
            """{"operation":"showGrid","operation":7}""", """{"operation":"showGrid","parameters":7}""", """{"operation":"showGrid","parameters":[]}""", """{"operation":"showGrid","parameters":null}""",
            """{"operation":"showGrid"}""", """{"operation":"showGrid","parameters":{"grid":null}}""", """{"operation":"showGrid","parameters":{"grid":{}}}""",
            """{"operation":"showGrid","parameters":{"grid":["main","main"]}}""", """{"operation":"showGrid","parameters":{"grid":[]}}""", """{"operation":"showGrid","parameters":{"grid":""}}""",
            """{"operation":"showGrid","parameters":{"grid":".."}}""", """{"operation":"showGrid","parameters":{"grid":"a/../b"}}""", """{"operation":"showGrid","parameters":{"grid":"\u0000"}}""",
            """{"operation":"showGrid","parameters":{"grid":"\ud800"}}""", """{"operation":"showGrid","parameters":{"\ud800":"main"}}""", """{"operation":"showGrid","parameters":{"":"x","grid":"main"}}""",
            """{"operation":"showGrid","parameters":{"GRID":"main"}}""", """{"operation":"listGridLogs","parameters":{"grid":"main","FOLLOW":true}}""",
            """{"method":"GET","path":"/v1/grids/main/container_logs","parameters":{"Follow":"1"}}""", """{"operation":"listGridLogs","parameters":{"grid":"main","limit":1e999,"since":"\u202e","from":"x"}}""",
            """{"operation":"createVolume","parameters":{"grid":"main"}}""", """{"operation":"createVolume","parameters":{"grid":"main"},"body":"x"}""", """{"operation":"createVolume","parameters":{"grid":"main"},"body":[]}""",
            """{"operation":"createVolume","parameters":{"grid":"main"},"body":{"name":7,"driver":[],"driver_opts":"x"}}""", """{"operation":"createVolume","parameters":{"grid":"main"},"body":{"name":"\ud800"}}""",
            """{"operation":"createVolume","parameters":{"grid":"main"},"body":{"name":"a","name":{}}}""", """{"operation":"showGrid","parameters":{"grid":"main"},"body":{"x":1}}""",
            """{"operation":"createVolume","parameters":{"grid":"main"},"idempotency_key":""}""", """{"operation":"createVolume","parameters":{"grid":"main"},"idempotency_key":"\"\""}""",
            """{"operation":"createVolume","parameters":{"grid":"main"},"idempotency_key":7}""", """{"operation":"createVolume","parameters":{"grid":"main"},"idempotency_key":"é"}""",
            // Paths that lead elsewhere.
            """{"method":"GET","path":"/metrics"}""", """{"method":"GET","path":"/v1/../metrics"}""", """{"method":"GET","path":"/v1/%2e%2e/metrics"}""", """{"method":"GET","path":"/v1//grids"}""",
            """{"method":"GET","path":"/v1/grids/"}""", """{"method":"GET","path":"/v1/"}""", """{"method":"GET","path":"/V1/grids"}""", """{"method":"GET","path":"/v1/grids\u0000"}""", """{"method":"GET","path":"/v1/\ud800"}""",
            """{"method":"GET","path":"/v1/grids?limit=1"}""", """{"method":"GET","path":"http://x/v1/grids"}""", """{"method":"POST","path":"/v1/enrol","body":{}}""", """{"method":"GET","path":"/v1/containers/main/core-01/x/exec"}""",
            $$$"""{"operation":"showGrid","parameters":{"grid":"{{{new string('x', 5_000)}}}"}}""", $$"""{"operation":"{{new string('x', 5_000)}}"}""", $$"""{"method":"GET","path":"/v1/{{new string('x', 5_000)}}"}""",
            $$"""{"operation":"createVolume","parameters":{"grid":"main"},"idempotency_key":"{{new string('x', IdempotencyKeys.LongestKey + 1)}}"}""",
            "{\"operation\":\"showGrid\",\"parameters\":{" + Fields(1_000) + "}}", "{" + Fields(1_000) + "}",
            // Cut to be shown, this would be half a character.
            "{\"" + new string('x', 63) + "\U0001F600\":1}", "{\"operation\":\"showGrid\",\"parameters\":{\"" + new string('x', 63) + "\U0001F600\":1}}",
            // Deep, and huge.
            new string('[', 100_000), new string('[', 100_000) + new string(']', 100_000), "{\"operation\":\"showGrid\",\"body\":" + new string('[', 70) + new string(']', 70) + "}",
            string.Concat(Enumerable.Repeat("{\"a\":", 50_000)) + "1" + new string('}', 50_000),
            $$$"""{"operation":"createVolume","parameters":{"grid":"main"},"body":{"name":"{{{new string('x', RequestBody.Limit)}}}"}}""",
            new string('x', CommandMessage.Limit + 1), "\"" + new string('x', 4 * CommandMessage.Limit) + "\"",
        ];
        foreach (var text in texts)
            yield return Encoding.UTF8.GetBytes(text);
        foreach (var text in Meant)
        {
            yield return Encoding.Unicode.GetBytes(text);
            yield return Encoding.UTF32.GetBytes(text);
        }

        foreach (var bytes in NoText)
            yield return bytes;
    }

    private static string Fields(int count) => string.Join(',', Enumerable.Range(0, count).Select(number => $"\"f{number}\":{number}"));

    [Fact(Timeout = 240_000)]
    public async Task Whatever_is_in_a_message_is_answered_with_a_reason()
    {
        await using var api = await CommandDeskTests.StartAsync(roles: [UserRoles.GridAdmin]);
        var desk = api.Services.GetRequiredService<CommandDesk>();
        var dice = new Random(Seed);
        var wrong = new List<string>();
        foreach (var (number, body) in Nasty().Concat(Enumerable.Range(0, Mutants).Select(_ => Mutant(dice))).Index())
        {
            var why = await WhyWrongAsync(desk, body, isRedelivered: number % 2 == 1);
            if (why is not null)
                wrong.Add($"{number}: {why}: {Convert.ToBase64String(body.AsSpan(0, Math.Min(body.Length, MostShown)))}");
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {Mutants} and those written down; in base64:\n{string.Join("\n", wrong.Take(20))}");
        // What comes after them is answered as ever.
        var last = await desk.AnswerAsync(Command(Encoding.UTF8.GetBytes(Meant[0])), Cancelled);
        Assert.Equal(200, (int?)JsonNode.Parse(last.Answer)!["status"]);
    }

    [Fact(Timeout = 240_000)]
    public async Task What_nobody_may_be_told_of_is_laid_aside_with_the_reason()
    {
        await using var api = await CommandDeskTests.StartAsync();
        var desk = api.Services.GetRequiredService<CommandDesk>();
        foreach (var body in Nasty())
        {
            var told = await desk.AnswerAsync(Command(body), Cancelled);
            var untold = await desk.AnswerAsync(Command(body) with { ReplyTo = null }, Cancelled);
            Assert.Null(untold.Answer);
            Assert.Equal((int?)JsonNode.Parse(told.Answer)!["status"] >= PublicReply.FirstError, untold.LaidAside is { Length: > 0 });
        }

        foreach (var user in new[] { null, "", "integration.", "integration.CI", "integration.ci.x", "kontena", new string('x', 255) })
            Assert.Contains("user_id is", (await desk.AnswerAsync(Command("{}"u8.ToArray()) with { User = user }, Cancelled)).LaidAside, StringComparison.Ordinal);
    }

    /// <returns>Null: all is well.</returns>
    private static async Task<string?> WhyWrongAsync(CommandDesk desk, byte[] body, bool isRedelivered)
    {
        PublicAnswer answer;
        try
        {
            answer = await desk.AnswerAsync(Command(body) with { IsRedelivered = isRedelivered }, Cancelled);
        }
        catch (Exception exception) when (!Cancelled.IsCancellationRequested)
        {
            return $"threw {exception.GetType().Name}: {exception.Message}";
        }

        if (answer.LaidAside is not null || answer.Answer is not { } bytes)
            return $"was not answered: {answer.LaidAside}";
        var reply = JsonNode.Parse(bytes)!;
        var status = (int)reply["status"]!;
        if (status is < 200 or 500 or 504)
            return $"was answered {status} {reply["body"]?.ToJsonString()}";
        return status < PublicReply.FirstError || (reply["body"]?["title"] is not null && reply["body"]!["detail"]?.ToString() is { Length: > 0 })
            ? null
            : $"was answered {status} without a reason: {reply["body"]?.ToJsonString()}";
    }

    private static PublicCommand Command(byte[] body) => new("integration.ci", "integration.ci.replies", "1", false, body);

    private static byte[] Mutant(Random dice)
    {
        var body = Encoding.UTF8.GetBytes(Meant[dice.Next(Meant.Length)]).ToList();
        for (var times = dice.Next(1, 5); times > 0; times--)
        {
            var at = dice.Next(body.Count + 1);
            var length = Math.Min(dice.Next(1, 20), body.Count - at);
            switch (dice.Next(5))
            {
                case 0 when at < body.Count:
                    body[at] = (byte)dice.Next(256);
                    break;
                case 1:
                    body.RemoveRange(at, length);
                    break;
                case 2:
                    body.InsertRange(at, body.GetRange(at, length));
                    break;
                case 3:
                    body.RemoveRange(at, body.Count - at);
                    break;
                default:
                    body.InsertRange(at, Encoding.UTF8.GetBytes(Parts[dice.Next(Parts.Length)]));
                    break;
            }
        }

        return [.. body];
    }
}
