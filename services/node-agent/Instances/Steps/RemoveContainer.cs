using Kontena.Contracts.Instances;

namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>Removes the container, and its unnamed volumes only when they are no data.</summary>
internal sealed record RemoveContainer(string ContainerId, bool AnonymousVolumes) : InstanceStep
{
    public override string Describe() => "remove the container";

    public override ObservedState? Phase => ObservedState.Stopping;

    public override async Task RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        await context.Tools.Engine.RemoveContainerAsync(ContainerId, force: true, AnonymousVolumes, cancellationToken);
        if (context.Seen?.Id != ContainerId)
            return;
        // Of the revision that is wanted there may be another container, or soon is. What can't be removed now goes with the instance.
        if (context.Seen.ServiceRevision is var revision && revision != context.Order.Spec?.ServiceRevision)
            context.Tools.SecretFiles.Remove(context.Order.InstanceId, revision);
        context.Seen = null;
        context.Stale = false;
    }
}
