namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>The grid's bridge is there, and names are answered on it. Asked of the engine once; later instances find the answer.</summary>
internal sealed record EnsureNetwork(string Grid) : InstanceStep
{
    public override string Describe() => $"ensure network of grid {Grid}";

    public override async Task RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        await context.Tools.Network.EnsureAsync(Grid, cancellationToken);
        // The container is made with the name server that answers at this moment.
        await context.Tools.NameServer.ListenAsync(Grid, cancellationToken);
    }
}
