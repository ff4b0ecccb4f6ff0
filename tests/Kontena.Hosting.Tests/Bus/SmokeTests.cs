using Kontena.Contracts.Messaging;
using Kontena.Hosting.Bus;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Kontena.Hosting.Tests.Bus;

public sealed class SmokeTests
{
    [Fact]
    public async Task All()
    {
        var ct = TestContext.Current.CancellationToken;
        var b = KontenaApplicationBuilder.Create("test", []);
        b.Services.AddSingleton<Inbox>();
        b.AddControlEndpoint(new BusEndpoint("q1") { Consumers = [typeof(PingConsumer)] });
        b.AddControlEndpoint(new BusEndpoint("q2") { Consumers = [typeof(PingConsumer)], Bindings = [new BusBinding(Queues.Reports, "7.#")] });
        b.AddDataConsumers(typeof(PingConsumer));
        b.AddDataEndpoint(new BusEndpoint("d1") { Consumers = [typeof(PingConsumer)], Bindings = [new BusBinding(Queues.NodeData)] });
        await using var app = b.Build();
        await app.StartAsync(ct);
        var inbox = app.Services.GetRequiredService<Inbox>();
        var control = app.Services.GetRequiredService<IControlBus>();
        var data = app.Services.GetRequiredService<IDataBus>();
        await control.SendAsync(Destination.Queue("q1"), new Ping("a"), ct);
        Assert.Equal("a", (await inbox.TakeAsync(ct)).Text);
        await control.SendAsync(new Destination(Queues.Reports, DestinationKind.Topic, "7.x"), new Ping("b"), ct);
        Assert.Equal("b", (await inbox.TakeAsync(ct)).Text);
        await control.SendAsync(new Destination(Queues.Reports, DestinationKind.Topic, "8.x"), new Ping("nobody"), ct);
        await data.SendAsync(Destination.NodeData, new Ping("c"), ct);
        Assert.Equal("c", (await inbox.TakeAsync(ct)).Text);
        var pong = await control.AskAsync<Ping, Pong>(Destination.Queue("q1"), new Ping("d", PingColour.Green), TimeSpan.FromSeconds(5), ct);
        Assert.Equal(new Pong("d", PingColour.Green), pong);
        await app.Services.GetRequiredService<IEndpointOpener>().OpenDataAsync(new BusEndpoint("late") { Consumers = [typeof(PingConsumer)] }, ct);
        var pong2 = await data.AskAsync<Ping, Pong>(Destination.Queue("late"), new Ping("e"), TimeSpan.FromSeconds(5), ct);
        Assert.Equal("e", pong2.Text);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        Assert.Equal("ok\n", await http.GetStringAsync("/livez", ct));
        TestContext.Current.TestOutputHelper!.WriteLine(await (await http.GetAsync("/readyz", ct)).Content.ReadAsStringAsync(ct));
        await app.StopAsync(ct);
    }
}
