namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>Notes on disk that a container which is started once is about to be: better not run at all than run twice.</summary>
internal sealed record MarkBegun : InstanceStep
{
    public override string Describe() => "note that it begins";

    public override Task RunAsync(StepContext context, CancellationToken cancellationToken) =>
        context.Tools.Orders.MarkHookAsync(context.Order.InstanceId, RunOncePlan.Mark, cancellationToken);
}
