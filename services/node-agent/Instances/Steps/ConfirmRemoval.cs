namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>Notes in the order book that nothing of the instance is left here; the report follows from it.</summary>
internal sealed record ConfirmRemoval(long Generation) : InstanceStep
{
    public override string Describe() => "confirm the removal";

    public override async Task RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        if (context.Tools.SecretFiles.RemoveAll(context.Order.InstanceId) is { } problem)
            throw new StepFailedException(problem);
        await context.Tools.Orders.MarkDoneAsync(context.Order.InstanceId, Generation, cancellationToken);
    }
}
