using System.Text.Json;
using System.Text.Json.Serialization;
using Kontena.Core.Messaging;
using MassTransit;
using MassTransit.Serialization;
using MassTransit.Transports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.Hosting.Bus;

/// <summary>Registers both buses: in memory, or each with a RabbitMQ connection of its own.</summary>
internal static class BusModule
{
    private static readonly Lock JsonGuard = new();

    public static void AddKontenaBus(
        this IServiceCollection services, BusTransport transport, string process, BusPlan control, BusPlan data)
    {
        WriteEnumsAsText();
        var sides = new BusSides();
        services.AddSingleton(transport);
        services.AddSingleton(sides);
        services.AddSingleton<ForeignReports>();
        services.AddSingleton<BrokerLogin>();
        services.AddMassTransit(bus => Register(bus, sides.Control, control, transport, process));
        services.AddMassTransit<IDataConnection>(bus => Register(bus, sides.Data, data, transport, process));
        services.AddOptions<MassTransitHostOptions>().Configure(options =>
        {
            // The process starts without its broker and says so in /readyz.
            options.WaitUntilStarted = false;
            options.StopTimeout = TimeSpan.FromSeconds(7);
            options.ConsumerStopTimeout = TimeSpan.FromSeconds(4);
        });

        services.TryAddSingleton<IControlBus>(provider => new ControlBus(
            provider.GetRequiredService<IBus>(), sides.Control, transport,
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ControlBus>>()));
        services.TryAddSingleton<IDataBus>(provider => new DataBus(
            provider.GetRequiredService<IDataConnection>(), sides.Data, transport,
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<DataBus>>()));
        if (!transport.InMemory)
        {
            services.AddSingleton<IHostedService>(provider => new BusRevival(
                provider.GetRequiredService<IBusControl>(), sides.Control, provider.GetRequiredService<IHostApplicationLifetime>(),
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<BusRevival>>()));
            services.AddSingleton<IHostedService>(provider => new BusRevival(
                provider.GetRequiredService<IBusInstance<IDataConnection>>().BusControl, sides.Data, provider.GetRequiredService<IHostApplicationLifetime>(),
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<BusRevival>>()));
        }

        services.TryAddSingleton<IMessageSender>(provider => provider.GetRequiredService<IControlBus>());
        services.TryAddSingleton<IEndpointOpener, EndpointOpener>();
    }

    private static void Register(IBusRegistrationConfigurator bus, BusSide side, BusPlan plan, BusTransport transport, string process)
    {
        // By default MassTransit tells its makers, over the internet, which queues there are.
        bus.DisableUsageTelemetry();
        foreach (var consumer in plan.Consumers)
            bus.AddConsumer(consumer);
        if (transport.RabbitMq is null)
        {
            bus.UsingInMemory((context, configurator) => ConfigureShared(configurator, context, side, plan, transport));
        }
        else
        {
            bus.UsingRabbitMq((context, configurator) =>
            {
                var patience = new BrokerPatience(
                    transport, side, context.GetRequiredService<BrokerLogin>(), context.GetRequiredService<TimeProvider>(), context.GetRequiredService<ILogger<BrokerPatience>>(),
                    context.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
                RabbitMqConnection.Configure(configurator, transport, $"{process} {side.Name}", side, patience);
                ConfigureShared(configurator, context, side, plan, transport);
            });
        }
    }

    private static void ConfigureShared<TEndpoint>(
        IBusFactoryConfigurator<TEndpoint> configurator, IBusRegistrationContext context, BusSide side, BusPlan plan, BusTransport transport)
        where TEndpoint : IReceiveEndpointConfigurator
    {
        configurator.ConnectBusObserver(side);
        foreach (var endpoint in plan.Endpoints)
        {
            configurator.ReceiveEndpoint(endpoint.Queue, receive => EndpointTopology.Configure(receive, context, endpoint, transport, side));
            side.Opened(endpoint.Queue);
        }
    }

    /// <summary>MassTransit keeps one set of JSON options per process; it must be changed before the first message and only once.</summary>
    private static void WriteEnumsAsText()
    {
        lock (JsonGuard)
        {
            if (SystemTextJsonMessageSerializer.Options.Converters.Any(converter => converter is JsonStringEnumConverter))
                return;
            var options = new JsonSerializerOptions(SystemTextJsonMessageSerializer.Options);
            options.Converters.Add(new JsonStringEnumConverter());
            SystemTextJsonMessageSerializer.Options = options;
        }
    }
}
