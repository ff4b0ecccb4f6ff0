using Kontena.Contracts.Instances;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Vault;
using Kontena.Core.Vault;
using Kontena.Hosting.Bus;
using Kontena.State;
using Kontena.State.Documents;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Kontena.GridManager.Vault;

/// <summary>Orders with secrets on their way from the scheduler to a node (decision 0055). Nothing is kept: an order that is lost is sent again by whoever misses its report.</summary>
internal sealed partial class SealOrderConsumer(IStateStore store, VaultKeys keys, IControlBus bus, ILogger<SealOrderConsumer> logger) : IConsumer<SealOrder>
{
    public async Task Consume(ConsumeContext<SealOrder> context)
    {
        var command = context.Message;
        if (await store.GetAsync(StateKeys.Node, command.Grid, command.Node, context.CancellationToken) is not { Value: var node } || node.NodeId != command.NodeId)
        {
            LogGone(command.Order.Spec.Name, command.Grid, command.Node);
            return;
        }

        var order = await SealAsync(command, node, context.CancellationToken);
        if (order.Spec.SecretsProblem is { } problem)
            LogWithout(command.Order.Spec.Name, command.Node, problem);
        await bus.SendAsync(Destination.Node(command.NodeId), order, context.CancellationToken);
    }

    private async Task<ApplyInstance> SealAsync(SealOrder command, Node node, CancellationToken cancellationToken)
    {
        try
        {
            return OrderSealing.Seal(command, node, await OpenAsync(command, cancellationToken), BusSeal.Seal);
        }
        catch (VaultClosedException closed)
        {
            return OrderSealing.Without(command.Order, $"the vault is closed: {closed.Message}");
        }
    }

    private async Task<Dictionary<string, string>> OpenAsync(SealOrder command, CancellationToken cancellationToken)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        VaultRing? ring = null;
        foreach (var name in command.Order.Spec.Secrets.Select(use => use.Secret).Distinct(StringComparer.Ordinal))
        {
            if (await store.GetAsync(StateKeys.Secret, command.Grid, name, cancellationToken) is not { Value: var secret })
            {
                LogEmpty(command.Order.Spec.Name, command.Grid, name);
                continue;
            }

            ring ??= await keys.OpenAsync(cancellationToken);
            values[name] = ring.Open(secret);
        }

        return values;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The order for {Instance} goes nowhere: grid {Grid} has no such node {Node} any more")]
    private partial void LogGone(string instance, string grid, string node);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Instance} goes to {Node} without its secrets: {Problem}")]
    private partial void LogWithout(string instance, string node, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Instance} gets an empty value: grid {Grid} has no secret {Secret} any more")]
    private partial void LogEmpty(string instance, string grid, string secret);
}
