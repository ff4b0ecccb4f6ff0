using System.Text;
using Kontena.Hosting.PublicBus;
using Kontena.Testing.RabbitMq;
using RabbitMQ.Client;
using Xunit;

namespace Kontena.Hosting.Tests.PublicBus;

/// <summary>The queue of commands at a real broker: whatever a message is, it is answered, laid aside or dropped, and the next one comes.</summary>
[Collection(RabbitMqTests.Name)]
public sealed class CommandQueueTests(RabbitMqBroker broker)
{
    private const string Commands = "kontena.commands";
    private const string Replies = "replies";
    private const string Poison = "poison";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static readonly BasicProperties[] Envelopes =
    [
        new() { ReplyTo = Replies, CorrelationId = "plain" },
        new() { ReplyTo = Replies, CorrelationId = new string('x', 255) },
        new() { ReplyTo = Replies, CorrelationId = "odd", ContentType = "\0/x", ContentEncoding = "gzip", Type = "?", AppId = "é", MessageId = "", Priority = 255 },
        new() { ReplyTo = Replies, CorrelationId = "headers", Headers = new Dictionary<string, object?> { ["MT-Reason"] = null, ["x-odd"] = new List<object?> { 1, "a", new Dictionary<string, object?> { ["b"] = true } } } },
        new() { ReplyTo = Replies, CorrelationId = "mine", UserId = "kontena" },
    ];

    [Fact(Timeout = 240_000)]
    public async Task Whatever_a_message_is_it_is_done_with_and_the_next_one_comes()
    {
        var address = await broker.NewVirtualHostAsync(Cancelled);
        var poisoned = 0;
        var builder = KontenaApplicationBuilder.Create("desk", [$"--Kontena:Bus:RabbitMq={address}", "--Kontena:Log:Level=Fatal"]);
        builder.AddPublicCommands(_ => (command, _) =>
        {
            if (command.Body.Span.SequenceEqual("poison"u8))
            {
                Interlocked.Increment(ref poisoned);
                throw new InvalidOperationException("it would fail however often it came");
            }

            return Task.FromResult(command.ReplyTo is null ? new PublicAnswer(null, "nobody to tell") : new PublicAnswer(Encoding.UTF8.GetBytes($"{command.Body.Length}"), null));
        });
        await using var desk = builder.Build();
        await desk.StartAsync(Cancelled);
        await using var connection = await new ConnectionFactory { Uri = new Uri(address), AutomaticRecoveryEnabled = false }.CreateConnectionAsync(Cancelled);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancelled);
        // The exchange is there when the queue is read.
        while (!(await broker.InspectAsync($"api/queues{new Uri(address).AbsolutePath}?columns=name,consumers", Cancelled)).Contains($"\"consumers\":1,\"name\":\"{Commands}\"", StringComparison.Ordinal))
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Cancelled);
        await channel.QueueDeclareAsync(Replies, durable: false, exclusive: true, autoDelete: true, cancellationToken: Cancelled);

        var wanted = new List<string>();
        byte[][] bodies = [[], [0xff, 0x00, 0xfe], "{"u8.ToArray(), Encoding.UTF8.GetBytes(new string('[', 200_000)), new byte[5 * 1024 * 1024]];
        foreach (var envelope in Envelopes)
        {
            foreach (var body in bodies)
            {
                await SendAsync(channel, envelope, body);
                wanted.Add($"{envelope.CorrelationId}: {body.Length}");
            }
        }

        await SendAsync(channel, new BasicProperties { ReplyTo = Replies, CorrelationId = Poison }, Encoding.UTF8.GetBytes(Poison));
        await SendAsync(channel, new BasicProperties { ReplyTo = "a-queue-that-there-is-not" }, bodies[2]);
        await SendAsync(channel, new BasicProperties(), bodies[2]);
        await SendAsync(channel, Envelopes[0], new byte[7]);
        wanted.Add("plain: 7");

        var answers = new List<string>();
        while (answers.Count < wanted.Count)
        {
            if (await channel.BasicGetAsync(Replies, autoAck: true, Cancelled) is { } answer)
                answers.Add($"{answer.BasicProperties.CorrelationId}: {Encoding.UTF8.GetString(answer.Body.Span)}");
            else
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancelled);
        }

        Assert.Equal(wanted.Order(StringComparer.Ordinal), answers.Order(StringComparer.Ordinal));
        while (Volatile.Read(ref poisoned) < 5 || await CountAsync(channel, "kontena.commands_error") < 1)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancelled);
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, Cancelled);
        // The first time, and five times again.
        Assert.InRange(Volatile.Read(ref poisoned), 5, 6);
        Assert.Equal((0u, 1u), (await CountAsync(channel, Commands), await CountAsync(channel, "kontena.commands_error")));
        Assert.Null(await channel.BasicGetAsync(Replies, autoAck: true, Cancelled));
        var aside = await channel.BasicGetAsync("kontena.commands_error", autoAck: true, Cancelled);
        Assert.Equal("nobody to tell", Encoding.UTF8.GetString((byte[])aside!.BasicProperties.Headers!["MT-Reason"]!));
        await desk.StopAsync(Cancelled);
    }

    private static async Task SendAsync(IChannel channel, BasicProperties properties, byte[] body) =>
        await channel.BasicPublishAsync(Commands, "", mandatory: false, properties, body, Cancelled);

    private static async Task<uint> CountAsync(IChannel channel, string queue) => (await channel.QueueDeclarePassiveAsync(queue, Cancelled)).MessageCount;
}
