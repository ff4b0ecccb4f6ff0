using Kontena.Contracts.Commands;
using Kontena.Contracts.Grids;
using Kontena.Core.Services;
using Kontena.GridManager.Decisions;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.GridManager.Grids;

internal static class UpdateGridDecision
{
    public static Decision<CommandResult> Decide(IReadOnlyList<Versioned<Grid>> grids, UpdateGrid command, DateTimeOffset now)
    {
        if (grids.FirstOrDefault(one => one.Value.Name == command.Grid) is not { } grid)
            return Decision.NotFound($"Grid {command.Grid} does not exist");
        var errors = new FieldErrors();
        GridRules.CheckShared(command.DefaultAffinity, command.TrustedSubnets, command.OverlayDriver, command.StackNetworks, command.Statsd, command.Logs, errors);
        QuotaRules.Check(command.Quota, command.StackQuotas, errors);
        if (command.Rebalance is not null && !GridRebalance.All.Contains(command.Rebalance))
            errors.Reason("isn't an option", "rebalance");
        if (errors.Any)
            return Decision.Refused(errors.Found);
        if (command is { DefaultAffinity: null, TrustedSubnets: null, OverlayDriver: null, StackNetworks: null, Statsd: null, ClearStatsd: false, Logs: null, Rebalance: null, Quota: null, StackQuotas: null })
            return Decision.Unchanged(command.Grid);

        var draft = new GridDraft(command.Grid, StateKeys.System);
        draft.Put(StateKeys.Grid, grid.Value with
        {
            DefaultAffinity = command.DefaultAffinity ?? grid.Value.DefaultAffinity,
            TrustedSubnets = command.TrustedSubnets ?? grid.Value.TrustedSubnets,
            OverlayDriver = command.OverlayDriver ?? grid.Value.OverlayDriver,
            StackNetworks = command.StackNetworks ?? grid.Value.StackNetworks,
            Statsd = command.ClearStatsd ? null : command.Statsd ?? grid.Value.Statsd,
            Logs = command.Logs is { Forwarder: "none" } ? null : command.Logs ?? grid.Value.Logs,
            Rebalance = command.Rebalance ?? grid.Value.Rebalance,
            Quota = command.Quota == new Quota() ? null : command.Quota ?? grid.Value.Quota,
            StackQuotas = command.StackQuotas ?? grid.Value.StackQuotas,
            UpdatedAt = now,
        }, grid.Version, $"grid {command.Grid} updated");
        return Decision.Done(draft, command.Grid);
    }
}
