using Kontena.Hosting.Bus;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Kontena.Hosting.DeadLetters;

/// <summary>Registers <see cref="IDeadLetters"/> for the transport in use.</summary>
internal static class DeadLetterModule
{
    public static void AddKontenaDeadLetters(this IServiceCollection services, BusTransport transport, IConfiguration configuration)
    {
        if (transport.InMemory)
        {
            services.AddSingleton<InMemoryDeadLetters>();
            services.AddSingleton<IDeadLetters>(provider => provider.GetRequiredService<InMemoryDeadLetters>());
            return;
        }

        services.AddSingleton<IDeadLetters, RabbitMqDeadLetters>();
        if (BrokerManagement.AddressIn(configuration) is { } management)
            services.AddSingleton<IDeadLetterQueueNames>(_ => new ManagedQueueNames(new BrokerManagement(management, transport)));
        else
            services.AddSingleton<IDeadLetterQueueNames, KnownQueueNames>();
    }
}
