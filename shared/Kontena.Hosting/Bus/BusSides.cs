namespace Kontena.Hosting.Bus;

/// <summary>Both buses of the process.</summary>
internal sealed class BusSides
{
    public BusSide Control { get; } = new("control");

    public BusSide Data { get; } = new("data");
}
