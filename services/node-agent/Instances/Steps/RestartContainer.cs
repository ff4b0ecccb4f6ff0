using Kontena.Contracts.Instances;

namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>Stops and starts the same container, as an order or a failing health check asks.</summary>
internal sealed record RestartContainer(string ContainerId, int GraceSeconds) : InstanceStep
{
    public override string Describe() => "restart the container";

    public override ObservedState? Phase => ObservedState.Starting;

    public override TimeSpan Deadline(NodeAgentOptions options) => TimeSpan.FromSeconds(GraceSeconds + 120);

    public override async Task RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        OpenSecrets.PrepareFiles(context);
        using (Grace.Watch(context, GraceSeconds))
            await context.Tools.Engine.RestartContainerAsync(ContainerId, TimeSpan.FromSeconds(GraceSeconds), cancellationToken);
        await context.LookAsync(cancellationToken);
        context.Memory = context.Memory with
        {
            Restarts = context.Memory.Restarts + 1,
            Ready = null,
        };
    }
}
