using Kontena.Contracts.Networking;
using MassTransit;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>The network of the grid is another one now.</summary>
internal sealed class GridChangedConsumer(NetworkMapBook book) : IConsumer<GridChanged>
{
    public Task Consume(ConsumeContext<GridChanged> context) => book.TakeAsync(context.Message.Map, context.CancellationToken);
}
