using Kontena.Contracts.Instances;

namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>Nobody is sent to the container any more, before it is stopped: it has left the names of this node by what is reported of it, and those of the other nodes
/// when this one hears so. Not waited for when there is nothing else to answer.</summary>
internal sealed record LeaveNames(string ContainerId) : InstanceStep
{
    /// <summary>For the way of the report to the scheduler and of its news to all nodes; without a broker the container is stopped all the same.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>For who has asked a moment before and is about to connect.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(25);

    public override string Describe() => "leave the names";

    public override ObservedState? Phase => ObservedState.Stopping;

    public override async Task RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var (names, time) = (context.Tools.Names, context.Tools.Time);
        if (context.Seen is not { Running: true, Address: { } address } seen || seen.Id != ContainerId || !names.HasOther(context.Order.InstanceId, address))
            return;
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            for (var news = names.ToldAsync(); names.IsAnsweredElsewhere(context.Order.InstanceId, address); news = names.ToldAsync())
                await news.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }

        await Task.Delay(Margin, time, cancellationToken);
    }
}
