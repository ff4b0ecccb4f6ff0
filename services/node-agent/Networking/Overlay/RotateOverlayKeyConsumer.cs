using Kontena.Contracts.Networking;
using MassTransit;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>The node is to take another WireGuard key.</summary>
internal sealed class RotateOverlayKeyConsumer(WireGuardKeys keys) : IConsumer<RotateOverlayKey>
{
    public Task Consume(ConsumeContext<RotateOverlayKey> context) => keys.BeginRotationAsync(context.CancellationToken);
}
