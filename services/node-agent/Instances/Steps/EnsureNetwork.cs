namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>The grid's bridge is there. Asked of the engine once; later instances find the answer.</summary>
internal sealed record EnsureNetwork(string Grid) : InstanceStep
{
    public override string Describe() => $"ensure network of grid {Grid}";

    public override Task RunAsync(StepContext context, CancellationToken cancellationToken) =>
        context.Tools.Network.EnsureAsync(Grid, cancellationToken);
}
