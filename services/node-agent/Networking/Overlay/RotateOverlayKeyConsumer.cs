using Kontena.Contracts.Networking;
using MassTransit;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>The node is to take another WireGuard key.</summary>
internal sealed class RotateOverlayKeyConsumer(WireGuardKeys keys, HostNetworkNews news) : IConsumer<RotateOverlayKey>
{
    public async Task Consume(ConsumeContext<RotateOverlayKey> context)
    {
        await keys.BeginRotationAsync(context.CancellationToken);
        news.Add();
    }
}
