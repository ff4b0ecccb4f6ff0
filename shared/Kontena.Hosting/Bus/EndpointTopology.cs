using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Kontena.Hosting.Bus;

/// <summary>Turns a <see cref="BusEndpoint"/> into a receive endpoint of either transport, with the same behaviour.</summary>
internal static class EndpointTopology
{
    /// <summary>Pauses between the tries of one message; after the last it goes to <c>&lt;queue&gt;_error</c>.</summary>
    private static readonly TimeSpan[] Retries =
        [TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(1)];

    public static void Configure(
        IReceiveEndpointConfigurator configurator, IRegistrationContext context, BusEndpoint endpoint, BusTransport transport)
    {
        // We send to named exchanges only; message-type exchanges would be clutter, and a node may not declare them.
        configurator.ConfigureConsumeTopology = false;
        configurator.PublishFaults = false;
        configurator.PrefetchCount = endpoint.Prefetch;
        configurator.ConcurrentMessageLimit = Math.Min(endpoint.Concurrency, endpoint.Prefetch);

        if (configurator is IRabbitMqReceiveEndpointConfigurator rabbit)
            ConfigureRabbitMq(rabbit, endpoint);
        else if (configurator is IInMemoryReceiveEndpointConfigurator memory)
            ConfigureInMemory(memory, endpoint);
        else
            throw new InvalidOperationException($"no topology for {configurator.GetType().Name} over {transport.Title}");

        configurator.UseFilter(new ExpiredRequests(context.GetRequiredService<TimeProvider>()));
        configurator.UseMessageRetry(retry => retry.Intervals(Retries));
        foreach (var consumer in endpoint.Consumers)
            context.ConfigureConsumer(consumer, configurator);
    }

    private static void ConfigureRabbitMq(IRabbitMqReceiveEndpointConfigurator rabbit, BusEndpoint endpoint)
    {
        if (endpoint.Temporary)
        {
            rabbit.Durable = false;
            rabbit.AutoDelete = true;
        }
        else
        {
            rabbit.SetQuorumQueue();
            rabbit.SingleActiveConsumer = endpoint.SingleActiveConsumer;
        }

        foreach (var binding in endpoint.Bindings)
        {
            rabbit.Bind(binding.Exchange, exchange =>
            {
                exchange.ExchangeType = binding.RoutingKey is null ? RabbitMQ.Client.ExchangeType.Fanout : RabbitMQ.Client.ExchangeType.Topic;
                exchange.RoutingKey = binding.RoutingKey ?? "";
                exchange.Durable = true;
                exchange.AutoDelete = false;
            });
        }
    }

    private static void ConfigureInMemory(IInMemoryReceiveEndpointConfigurator memory, BusEndpoint endpoint)
    {
        foreach (var binding in endpoint.Bindings)
        {
            memory.Bind(
                binding.Exchange,
                binding.RoutingKey is null ? MassTransit.Transports.Fabric.ExchangeType.FanOut : MassTransit.Transports.Fabric.ExchangeType.Topic,
                binding.RoutingKey);
        }
    }
}
