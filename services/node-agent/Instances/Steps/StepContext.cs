using Kontena.Contracts.Instances;
using Kontena.NodeAgent.Orders;

namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>What a step works on: the order, the last look, the notes, and the machine's shared tools.</summary>
internal sealed class StepContext(InstanceTools tools, InstanceOrder order) : IDisposable
{
    private IDisposable? _slot;

    public InstanceTools Tools { get; } = tools;
    public InstanceOrder Order { get; set; } = order;
    public InstanceSpec Spec => Order.Spec ?? throw new StepFailedException($"{Order.Name} has no spec in the order book; waiting for a new order");

    /// <summary>What the container that the steps are about is called: the instance's name, or its successor's.</summary>
    public string ContainerName { get; init; } = order.Name;

    /// <summary>Kept up to date by the steps, so that nothing has to be inspected twice.</summary>
    public ContainerSight? Seen { get; set; }

    /// <summary><see cref="Seen"/> may be wrong: look before planning again.</summary>
    public bool Stale { get; set; }
    public InstanceMemory Memory { get; set; } = new();

    /// <summary>Tells what is happening now, when a step knows better than its <see cref="InstanceStep.Phase"/>.</summary>
    public Action<ObservedState> Show { get; set; } = static _ => { };

    /// <summary>Tells where the throw-away container of a hook is on the grid's network; null: it is over.</summary>
    public Action<string?> HookRuns { get; set; } = static _ => { };

    public DateTimeOffset Now => Tools.Time.GetUtcNow();

    /// <summary>One of the machine's few places for creating and starting; kept from create to start, so that containers finish one after another.</summary>
    public async Task EnterSlotAsync(CancellationToken cancellationToken) => _slot ??= await Tools.Gates.EnterStartAsync(cancellationToken);

    public void LeaveSlot()
    {
        _slot?.Dispose();
        _slot = null;
    }

    /// <summary>One inspection, by id when known, else by name; a container of another instance is none of ours.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var details = await Tools.Engine.InspectContainerAsync(Seen?.Id ?? ContainerName, cancellationToken);
        if (details is null && Seen is not null)
            details = await Tools.Engine.InspectContainerAsync(ContainerName, cancellationToken);
        var sight = details is null ? null : ContainerSight.Of(details);
        Seen = sight?.InstanceId == Order.InstanceId ? sight : null;
        Stale = false;
    }

    public void Dispose() => LeaveSlot();
}
