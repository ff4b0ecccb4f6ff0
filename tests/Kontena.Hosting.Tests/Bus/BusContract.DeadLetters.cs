using System.Net;
using System.Text.Json;
using Kontena.Contracts.Messaging;
using Kontena.Hosting.Bus;
using Kontena.Hosting.DeadLetters;
using Xunit;

namespace Kontena.Hosting.Tests.Bus;

public abstract partial class BusContract
{
    [Fact(Timeout = 240_000)]
    public async Task What_failed_can_be_listed_without_losing_it_and_replayed()
    {
        await using var host = await HostAsync(builder =>
        {
            builder.AddControlEndpoint(Pings("sick") with { SingleActiveConsumer = true });
            builder.MapRoutes(routes => routes.MapDeadLetters("/admin"));
        });
        var healthy = false;
        host.Inbox.OnPing = _ => healthy ? Task.CompletedTask : throw new InvalidOperationException("the shelf is empty");
        await host.Control.SendAsync(Destination.Queue("sick"), Ping("first"), Token);
        await Assert.ThrowsAsync<BusFaultException>(() => host.Control.AskAsync<Ping, Pong>(
            Destination.Queue("sick"), Ping("second"), Long, Token));

        for (var reading = 0; reading < 2; reading++)
        {
            var queue = await UntilListedAsync(host, 2);
            Assert.Equal("sick_error", queue.GetProperty("name").GetString());
            Assert.Equal("sick", queue.GetProperty("origin").GetString());
            Assert.Equal(1, queue.GetProperty("letters").GetArrayLength());
            var letter = queue.GetProperty("letters")[0];
            Assert.Equal("Ping", letter.GetProperty("type").GetString());
            Assert.Equal("the shelf is empty", letter.GetProperty("reason").GetString());
            Assert.NotEqual("", letter.GetProperty("message_id").GetString());
            Assert.NotEqual(JsonValueKind.Null, letter.GetProperty("at").ValueKind);
        }

        healthy = true;
        using var answer = await host.Http.PostAsync("/admin/dead-letters/sick_error/replay?limit=10", null, Token);
        using var result = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token));
        Assert.Equal(2, result.RootElement.GetProperty("replayed").GetInt32());
        Assert.Equal(0, result.RootElement.GetProperty("left").GetInt32());
        string[] arrived = [await host.Inbox.TakeAsync(Token), await host.Inbox.TakeAsync(Token)];
        Assert.Equal(["first", "second"], arrived.Order(StringComparer.Ordinal));
        Assert.Equal("""{"queues":[]}""", await host.Http.GetStringAsync("/admin/dead-letters", Token));
    }

    [Fact(Timeout = 240_000)]
    public async Task A_type_that_nobody_takes_is_kept_as_skipped()
    {
        await using var host = await HostAsync(builder =>
        {
            builder.AddControlEndpoint(Pings("picky"));
            builder.MapRoutes(routes => routes.MapDeadLetters("/admin"));
        });
        await host.Control.SendAsync(Destination.Queue("picky"), new Unwanted(), Token);
        var queue = await UntilListedAsync(host, 1);
        Assert.Equal("picky_skipped", queue.GetProperty("name").GetString());
        Assert.Equal("no consumer of 'picky' takes this type", queue.GetProperty("letters")[0].GetProperty("reason").GetString());
    }

    [Theory(Timeout = 240_000)]
    [InlineData("POST", "/admin/dead-letters/grid-manager/replay", HttpStatusCode.NotFound)]
    [InlineData("POST", "/admin/dead-letters/x_error/replay?limit=0", HttpStatusCode.UnprocessableEntity)]
    [InlineData("POST", "/admin/dead-letters/x_error/replay?limit=1001", HttpStatusCode.UnprocessableEntity)]
    [InlineData("GET", "/admin/dead-letters?letters=101", HttpStatusCode.UnprocessableEntity)]
    public async Task Wrong_questions_about_dead_letters_are_refused(string method, string path, HttpStatusCode expected)
    {
        await using var host = await HostAsync(builder => builder.MapRoutes(routes => routes.MapDeadLetters("/admin")));
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await host.Http.SendAsync(request, Token);
        Assert.Equal(expected, answer.StatusCode);
        Assert.Contains("\"error\":", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    /// <summary>The only queue with dead letters, once it holds as many as expected.</summary>
    private static async Task<JsonElement> UntilListedAsync(BusHost host, int count)
    {
        while (true)
        {
            using var json = JsonDocument.Parse(await host.Http.GetStringAsync("/admin/dead-letters?letters=1", Token));
            var queues = json.RootElement.GetProperty("queues");
            if (queues.GetArrayLength() == 1 && queues[0].GetProperty("count").GetInt32() == count)
                return queues[0].Clone();
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Token);
        }
    }
}
