namespace Kontena.Contracts.Networking;

/// <summary>Command to grid-manager: let a node take another WireGuard key. Answered with <see cref="Commands.CommandResult"/> once the node is told.</summary>
public sealed record RotateNodeKey
{
    public required string Grid { get; init; }
    public required string Node { get; init; }
}

/// <summary>Order to an agent: make a new WireGuard key, tell it (<see cref="NodeNetwork.NextKey"/>), and use it once the map has it. Again while that is under way: nothing more.</summary>
public sealed record RotateOverlayKey
{
    public required string Grid { get; init; }
}
