using Kontena.Contracts.Messaging;
using Kontena.Contracts.Registries;
using Kontena.Core.Registries;
using Kontena.Core.Vault;
using Kontena.GridManager.Nodes;
using Kontena.GridManager.Vault;
using Kontena.Hosting.Bus;
using Kontena.State;
using Kontena.State.Documents;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Kontena.GridManager.Registries;

/// <summary>Tells a node the login it needs for a pull: of the registry that an instance's image names, when that instance is the node's, and sealed for this one question.</summary>
internal sealed class RegistryLoginConsumer(IStateStore store, VaultKeys keys, IControlBus bus, ReportDrops drops, ILogger<RegistryLoginConsumer> logger)
    : IConsumer<AskRegistryLogin>
{
    private const int LongestId = 256;

    public Task Consume(ConsumeContext<AskRegistryLogin> context) =>
        drops.OrDropAsync("Question for a login", context.Message.NodeId, () => AnswerAsync(context.Message, context.CancellationToken));

    private async Task AnswerAsync(AskRegistryLogin question, CancellationToken cancellationToken)
    {
        // Whatever an agent writes there: what can't be an id is not looked up.
        if (question.InstanceId is not { Length: > 0 and <= LongestId } || question.Node is not { Length: > 0 and <= LongestId })
            return;
        var node = await store.GetAsync(StateKeys.Node, question.Grid, question.Node, cancellationToken);
        var instance = await store.GetAsync(StateKeys.Instance, question.Grid, question.InstanceId, cancellationToken);
        if (node?.Value.NodeId != question.NodeId || instance?.Value is not { Spec: { } spec } placed || placed.NodeId != question.NodeId || !BusSeal.IsPublicKey(question.PublicKey))
        {
            logger.LogDebug("Node {Grid}/{Node} was told no login: instance {Instance} is not its own", question.Grid, question.Node, question.InstanceId);
            return;
        }

        await bus.SendAsync(Destination.Node(question.NodeId), await TellAsync(question, RegistryNames.OfImage(spec.Image), cancellationToken), cancellationToken);
    }

    private async Task<RegistryLoginTold> TellAsync(AskRegistryLogin question, string registry, CancellationToken cancellationToken)
    {
        var told = new RegistryLoginTold { QuestionId = question.QuestionId };
        if (await store.GetAsync(StateKeys.ExternalRegistry, question.Grid, registry, cancellationToken) is not { Value: var kept })
            return told;
        try
        {
            var ring = await keys.OpenAsync(cancellationToken);
            return ring.Open(StorePlaces.Registry(kept.Grid, kept.Name), new SealedAtRest(kept.KeyId, kept.Sealed)) is { } password
                ? told with
                {
                    Registry = kept.Name,
                    Username = kept.Username,
                    Email = kept.Email,
                    Password = BusSeal.Seal(question.PublicKey, RegistryPlaces.Telling(question.Grid, question.NodeId, question.QuestionId, kept.Name), password),
                }
                : told with { Problem = $"the password of the grid's login at {kept.Name} can't be opened: it was sealed with key {kept.KeyId}, or changed since; add the login anew" };
        }
        catch (VaultClosedException closed)
        {
            // The sentence names files of the master, which are no node's business.
            logger.LogWarning("The login of grid {Grid} at {Registry} can't be told to node {Node}: {Reason}", question.Grid, registry, question.Node, closed.Message);
            return told with { Problem = $"the password of the grid's login at {registry} can't be opened: the master's vault is closed; the log of grid-manager says why" };
        }
    }
}
