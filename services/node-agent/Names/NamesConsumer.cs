using Kontena.Contracts.Names;
using MassTransit;

namespace Kontena.NodeAgent.Names;

/// <summary>News of the grid's names.</summary>
internal sealed class NamesConsumer(NamesBoard names) : IConsumer<NamesChanged>, IConsumer<NamesTold>
{
    public Task Consume(ConsumeContext<NamesChanged> context)
    {
        names.Take(context.Message);
        return Task.CompletedTask;
    }

    public Task Consume(ConsumeContext<NamesTold> context)
    {
        names.Take(context.Message);
        return Task.CompletedTask;
    }
}
