using Kontena.Contracts.Registries;
using MassTransit;

namespace Kontena.NodeAgent.Registries;

internal sealed class RegistryLoginToldConsumer(RegistryLogins logins) : IConsumer<RegistryLoginTold>
{
    public Task Consume(ConsumeContext<RegistryLoginTold> context)
    {
        logins.Deliver(context.Message);
        return Task.CompletedTask;
    }
}
