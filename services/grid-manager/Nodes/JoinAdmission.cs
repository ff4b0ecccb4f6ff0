using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Identities;

namespace Kontena.GridManager.Nodes;

/// <summary>Carries out what <see cref="JoinDecision"/> decides: for agents that show a token or their key, and for those that the broker knows.</summary>
internal sealed class JoinAdmission(GridLedger ledger, JoinLookup lookup, EngineClaims claims)
{
    /// <param name="join">Without mistakes of its own.</param>
    /// <param name="enrolment">The agent gets a broker user of its own; null when it joins.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Also the grid that the token opens; null when it opens none.</returns>
    public async Task<(string? Grid, JoinOutcome Outcome)> DecideAsync(JoinGrid join, Enrolment? enrolment, CancellationToken cancellationToken)
    {
        var place = await lookup.OpenedByAsync(join, cancellationToken);
        if (place.Refusal is { } closed)
            return (null, new JoinOutcome(null, closed));
        var outcome = place.IsThere
            ? await DecideAsync(place, join, enrolment, cancellationToken)
            : await claims.DecideAsync(join.NodeId, place.Grid!, limited => DecideAsync(place, join, enrolment, limited), cancellationToken);
        // Somebody else is making it a node at this moment.
        return (place.Grid, outcome ?? new JoinOutcome(null, null));
    }

    /// <summary>An agent that came through the exchange of its own.</summary>
    public async Task<JoinOutcome> DecideKnownAsync(JoinGrid join, NodeOutlet sender, CancellationToken cancellationToken)
    {
        var incumbent = await lookup.IncumbentAsync(sender.Grid, join, cancellationToken);
        return await ledger.DecideAsync(
            sender.Grid, (snapshot, now) => JoinDecision.DecideKnown(snapshot, join, sender, incumbent, now), why => new JoinOutcome(null, why), cancellationToken);
    }

    private async Task<JoinOutcome> DecideAsync(JoinPlace place, JoinGrid join, Enrolment? enrolment, CancellationToken cancellationToken)
    {
        if (await lookup.ElsewhereAsync(place.Grid!, join, cancellationToken) is { } elsewhere)
            return new JoinOutcome(null, elsewhere);
        var incumbent = await lookup.IncumbentAsync(place.Grid!, join, cancellationToken);
        return await ledger.DecideAsync(
            place.Grid!, (grid, now) => JoinDecision.Decide(grid, join, place.Node, incumbent, now, enrolment), why => new JoinOutcome(null, why), cancellationToken);
    }
}
