using Kontena.Contracts.Commands;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Identities;
using MassTransit;

namespace Kontena.GridManager.Nodes;

/// <summary>Exchanges a token for a broker user of the node's own.</summary>
/// <param name="keepers">One when users can be made; none without a broker or its management API.</param>
internal sealed class EnrolConsumer(JoinAdmission admission, IdentityOptions options, IEnumerable<IdentityKeeper> keepers) : IConsumer<EnrolNode>
{
    /// <summary>Docker's have 32 or 48. No name of the house is as long.</summary>
    private const int ShortestId = 16;

    public async Task Consume(ConsumeContext<EnrolNode> context) => await context.AnswerAsync(await EnrolAsync(context.Message, context.CancellationToken));

    private async Task<NodeEnrolled> EnrolAsync(EnrolNode request, CancellationToken cancellationToken)
    {
        if (keepers.FirstOrDefault() is not { } keeper || options.Broker is not { } broker)
            return Refused("broker", "nodes get no broker user here: " + (options.Broker is null
                ? "this control plane is one process without a broker" : "Kontena:Bus:Management of grid-manager is not set"));
        var join = new JoinGrid
        {
            NodeId = request.NodeId, Name = request.Name, Token = request.Token ?? "", Labels = request.Labels, Facts = new NodeFacts(), Key = request.Key ?? "",
        };
        if (JoinDecision.Mistake(join, known: join.Token.Length == 0) is { } mistake)
            return Refused("node", mistake);
        if (join.NodeId.Count(char.IsAsciiLetterOrDigit) < ShortestId)
            return Refused("node_id", $"must have at least {ShortestId} letters and digits, as the ids of Docker engines have: a broker user is called after it");
        if (!BrokerPassword.IsUsable(request.BrokerPassword))
            return Refused("broker_password", "must have 32 to 128 letters, digits, - and _");
        var (_, outcome) = await admission.DecideAsync(join, new Enrolment(request.BrokerPassword, BrokerPassword.NewSalt()), cancellationToken);
        if (outcome.Node is not { } node || BrokerUser.Of(node) is not { } user)
            return outcome.Refusal is { } why ? Refused("token", why) : Busy("token", $"engine {join.NodeId} is being made a node by another request; ask again in a moment");
        try
        {
            // Between the commit and now it may have been taken away again.
            if (!await keeper.GiveAsync(user, cancellationToken))
                return Refused("token", $"node {node.Name} was removed or its token was reset a moment ago");
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return Busy("broker", $"the broker user could not be made, ask again in a moment: {exception.Message}");
        }

        return new NodeEnrolled
        {
            Result = CommandResult.Done(node.Name), Grid = node.Grid, Node = node.Name, Broker = broker.AbsoluteUri, User = user.Outlet.User, Outlet = user.Outlet.Exchange,
        };
    }

    private static NodeEnrolled Busy(string field, string why) => Refused(field, why) with { IsBusy = true };

    private static NodeEnrolled Refused(string field, string why) => new() { Result = CommandResult.Refused(FieldError.At(field, why)) };
}
