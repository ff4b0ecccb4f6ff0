using Kontena.Contracts.Instances;
using Kontena.Docker;

namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>Starts the container and looks once at what came of it.</summary>
/// <param name="ContainerId">Null: the one made by the step before.</param>
internal sealed record StartContainer(string? ContainerId) : InstanceStep
{
    private static readonly TimeSpan LeaseSoonRenewed = TimeSpan.FromSeconds(1);

    public override string Describe() => "start the container";

    public override ObservedState? Phase => ObservedState.Starting;

    public override async Task RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var id = ContainerId ?? context.Seen?.Id ?? throw new StepFailedException("there is no container to start", TimeSpan.Zero);
        await context.EnterSlotAsync(cancellationToken);
        // The steps before, a pull or a hook, may have taken longer than the lease.
        if (context.Tools.Leases.Left(context.Order) == TimeSpan.Zero)
        {
            context.LeaveSlot();
            throw new StepFailedException("its lease is over", LeaseSoonRenewed);
        }

        try
        {
            OpenSecrets.PrepareFiles(context);
            await context.Tools.Engine.StartContainerAsync(id, cancellationToken);
            if (context.Spec.Net == "bridge")
                context.Tools.Network.NoteRoom();
        }
        catch (EngineException error)
        {
            // A container that could not start is replaced by the next attempt; the look shows the engine's error on it.
            context.Stale = true;
            if (error.Status == 404 && error.Message.Contains("network", StringComparison.OrdinalIgnoreCase))
                context.Tools.Network.Forget();
            if (StartFailure.IsFull(error.Message))
                context.Tools.Network.NoteFull();
            throw new StepFailedException(StartFailure.Explain(error.Message, context.Spec.Ports));
        }
        finally
        {
            context.LeaveSlot();
        }

        await context.LookAsync(cancellationToken);
        if (context.Seen is null)
            throw new StepFailedException("the container vanished while it started", TimeSpan.FromSeconds(1));
    }
}
