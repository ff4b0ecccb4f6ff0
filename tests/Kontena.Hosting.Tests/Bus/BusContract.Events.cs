using System.Text;
using System.Text.Json;
using Kontena.Contracts;
using Kontena.Contracts.Events;
using Kontena.Contracts.Messaging;
using Kontena.Hosting.Bus;
using MassTransit;
using Xunit;

namespace Kontena.Hosting.Tests.Bus;

/// <summary>Events are read outside of Kontena too, so their bytes are looked at.</summary>
public abstract partial class BusContract
{
    [Fact(Timeout = 240_000)]
    public async Task An_event_is_a_cloud_event_and_nothing_around_it()
    {
        await using var host = await HostAsync(builder => builder.AddControlEndpoint(new BusEndpoint("hearers")
        {
            Consumers = [typeof(EventConsumer)], Bindings = [new BusBinding(Queues.Events, "grid.prod.#")], Bare = true,
        }));
        var told = Told("prod");

        await host.Control.SendAsync(Destination.Event("other", told.Data.Type), Told("other"), Token);
        await host.Control.SendAsync(Destination.Event("prod", told.Data.Type), told, Token);

        Assert.Equal($"application/cloudevents+json {JsonSerializer.Serialize(told, KontenaJson.Default.CloudEvent)}", await host.Inbox.TakeAsync(Token));
        Assert.Equal(told.ToString(), await host.Inbox.TakeAsync(Token));
        Assert.Equal(0, host.Inbox.Count);
    }

    private static CloudEvent Told(string grid) => CloudEvent.Of(
        new GridEvent { Grid = grid, Type = EventTypes.NodeOffline, Severity = EventSeverity.Error, Message = "node core-01 is offline", Node = "core-01" },
        "5aa6b1a07d1e2a0001000010", new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
}

public sealed class EventConsumer(Inbox inbox) : IConsumer<CloudEvent>
{
    public async Task Consume(ConsumeContext<CloudEvent> context)
    {
        await inbox.PutAsync(new Ping { Text = $"{context.ReceiveContext.ContentType.MediaType} {Encoding.UTF8.GetString(context.ReceiveContext.Body.GetBytes())}" });
        await inbox.PutAsync(new Ping { Text = context.Message.ToString() });
    }
}
