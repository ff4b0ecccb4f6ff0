using Kontena.Contracts.Instances;

namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>Signal, then kill after the grace.</summary>
internal sealed record StopContainer(string ContainerId, int GraceSeconds) : InstanceStep
{
    public override string Describe() => $"stop the container (grace {GraceSeconds} s)";

    public override ObservedState? Phase => ObservedState.Stopping;

    public override TimeSpan Deadline(NodeAgentOptions options) => TimeSpan.FromSeconds(GraceSeconds + 60);

    public override async Task RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        using (Grace.Watch(context, GraceSeconds))
            await context.Tools.Engine.StopContainerAsync(ContainerId, TimeSpan.FromSeconds(GraceSeconds), cancellationToken);
        if (context.Seen is not { } seen || seen.Id != ContainerId)
            return;
        // The exit was wanted: it counts for no back-off. When it happened is looked up if anyone still asks.
        context.Memory = context.Memory with { NotedExit = Start.Of(seen), Ready = null };
        context.Seen = seen with { Running = false, State = "exited", Pid = 0, Address = null };
        context.Stale = true;
    }
}
