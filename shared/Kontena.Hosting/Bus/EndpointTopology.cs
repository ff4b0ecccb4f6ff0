using Kontena.Contracts.Messaging;
using Kontena.Hosting.DeadLetters;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Kontena.Hosting.Bus;

/// <summary>Turns a <see cref="BusEndpoint"/> into a receive endpoint of either transport, with the same behaviour.</summary>
internal static class EndpointTopology
{
    /// <summary>Pauses between the tries of one message; after the last it goes to <c>&lt;queue&gt;_error</c>.</summary>
    private static readonly TimeSpan[] Retries =
        [TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(1)];

    /// <summary>Bounds of every queue, its dead letters included. They are part of the wire contract: a queue's arguments can't change.</summary>
    private const int MaxMessages = 100_000;

    private const int MaxBytes = 256 * 1024 * 1024;

    public static void Configure(
        IReceiveEndpointConfigurator configurator, IRegistrationContext context, BusEndpoint endpoint, BusTransport transport, BusSide side)
    {
        // We send to named exchanges only; message-type exchanges would be clutter, and a node may not declare them.
        configurator.ConfigureConsumeTopology = false;
        configurator.PublishFaults = false;
        configurator.PrefetchCount = endpoint.Prefetch;
        var concurrency = Math.Min(endpoint.Concurrency, endpoint.Prefetch);
        configurator.ConcurrentMessageLimit = concurrency;

        if (configurator is IRabbitMqReceiveEndpointConfigurator rabbit)
            ConfigureRabbitMq(rabbit, endpoint, concurrency, transport.Outlet, side, context.GetRequiredService<TimeProvider>());
        else if (configurator is IInMemoryReceiveEndpointConfigurator memory)
            ConfigureInMemory(memory, context, endpoint, side);
        else
            throw new InvalidOperationException($"no topology for {configurator.GetType().Name} over {transport.Title}");

        if (endpoint.Bare)
            configurator.UseRawJsonDeserializer(RawSerializerOptions.AnyMessageType, isDefault: true);
        configurator.UseConsumeFilter(typeof(SenderFilter<>), context);
        configurator.UseConsumeFilter(typeof(CallerFilter<>), context);
        configurator.UseConsumeFilter(typeof(MeasureFilter<>), context);
        configurator.UseConsumeFilter(typeof(ExpiredRequests<>), context);
        configurator.UseMessageRetry(retry => retry.Intervals(Retries));
        foreach (var consumer in endpoint.Consumers)
            context.ConfigureConsumer(consumer, configurator);
    }

    private static void ConfigureRabbitMq(
        IRabbitMqReceiveEndpointConfigurator rabbit, BusEndpoint endpoint, int concurrency, string? outlet, BusSide side, TimeProvider time)
    {
        rabbit.ConfigureChannel(channel => channel.UseFilter(new UnansweredCallFilter(side, endpoint.Queue)));
        rabbit.ConfigureReceive(receive =>
        {
            receive.UseFilter(new LostConnectionFilter(concurrency, time));
            receive.UseFilter(new GiveBackFilter());
        });
        if (endpoint.Temporary)
        {
            // Nobody would ever read the dead letters of a process that is gone.
            rabbit.DiscardFaultedMessages();
            rabbit.DiscardSkippedMessages();
            rabbit.Durable = false;
            rabbit.AutoDelete = true;
        }
        else
        {
            rabbit.SetQuorumQueue();
            rabbit.SingleActiveConsumer = endpoint.SingleActiveConsumer;
        }

        // The oldest gives way; whoever counted on it repairs itself (design law 1). A policy can only narrow these, never change them.
        rabbit.SetQueueArgument("x-max-length", MaxMessages);
        rabbit.SetQueueArgument("x-max-length-bytes", MaxBytes);

        foreach (var binding in endpoint.Bindings)
        {
            var source = outlet is not null && NodeOutlet.Read(outlet) is { } node ? node.Inlet(binding.Exchange) : binding.Exchange;
            rabbit.Bind(source, exchange =>
            {
                exchange.ExchangeType = binding.RoutingKey is null ? RabbitMQ.Client.ExchangeType.Fanout : RabbitMQ.Client.ExchangeType.Topic;
                exchange.RoutingKey = binding.RoutingKey ?? "";
                exchange.Durable = true;
                exchange.AutoDelete = false;
            });
        }
    }

    private static void ConfigureInMemory(
        IInMemoryReceiveEndpointConfigurator memory, IRegistrationContext context, BusEndpoint endpoint, BusSide side)
    {
        side.Backlog.Opened(endpoint);
        memory.ConfigureReceive(receive => receive.UseFilter(new CountFinishedFilter(side.Backlog, endpoint.Queue)));
        if (endpoint.Temporary)
        {
            memory.DiscardFaultedMessages();
            memory.DiscardSkippedMessages();
        }
        else
        {
            KeepInMemory.Configure(memory, side, endpoint.Queue, context.GetRequiredService<InMemoryDeadLetters>());
        }

        foreach (var binding in endpoint.Bindings)
        {
            memory.Bind(
                binding.Exchange,
                binding.RoutingKey is null ? MassTransit.Transports.Fabric.ExchangeType.FanOut : MassTransit.Transports.Fabric.ExchangeType.Topic,
                binding.RoutingKey);
        }
    }
}
