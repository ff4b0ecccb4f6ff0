using Kontena.Contracts.Commands;
using Kontena.Contracts.Grids;
using Kontena.Core.Naming;
using Kontena.Core.Services;
using Kontena.GridManager.Decisions;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.GridManager.Grids;

internal static class CreateGridDecision
{
    /// <param name="seed">Chooses the name when none is given.</param>
    /// <param name="randomToken">Taken when none is given.</param>
    public static Decision<CommandResult> Decide(
        IReadOnlyList<Versioned<Grid>> grids, CreateGrid command, DateTimeOffset now, int seed, string randomToken)
    {
        var errors = new FieldErrors();
        var names = grids.Select(grid => grid.Value.Name).ToHashSet(StringComparer.Ordinal);
        var name = command.Name?.Trim() ?? GridNames.Invent(seed, names);
        if (!NameRules.IsGrid(name))
            errors.Reason($"{(name.Length < 3 ? "is too short" : name.Length > NameRules.MaxLength ? "is too long" : "isn't in the right format")}: {NameRules.GridForm}", "name");
        if (names.Contains(name))
            errors.Say($"Grid with name {name} already exists", "grid");
        if (command.InitialSize is < 1 or > 7)
            errors.Reason(command.InitialSize < 1 ? "is too small" : "is too big", "initial_size");
        if (command.Token is { Length: < 16 })
            errors.Say("is too short (minimum is 16 characters)", "token");
        else if (command.Token is { Length: > 256 })
            errors.Say("is too long (maximum is 256 characters)", "token");
        else if (command.Token is not null && grids.Any(grid => grid.Value.Token == command.Token))
            errors.Say("is already taken", "token");
        var (subnet, supernet) = GridRules.CheckAddresses(command.Subnet, command.Supernet, command.BlockPrefix, errors);
        GridRules.CheckShared(command.DefaultAffinity, command.TrustedSubnets, command.OverlayDriver, command.StackNetworks, command.Statsd, command.Logs, errors);
        if (errors.Any)
            return Decision.Refused(errors.Found);

        var draft = new GridDraft(name, StateKeys.System);
        draft.Put(StateKeys.Grid, new Grid
        {
            Name = name,
            Token = command.Token ?? randomToken,
            InitialSize = command.InitialSize ?? 1,
            Subnet = subnet,
            Supernet = supernet,
            BlockPrefix = command.BlockPrefix,
            DefaultAffinity = command.DefaultAffinity ?? [],
            TrustedSubnets = command.TrustedSubnets ?? [],
            OverlayDriver = command.OverlayDriver,
            StackNetworks = command.StackNetworks,
            Statsd = command.Statsd,
            Logs = command.Logs is { Forwarder: "none" } ? null : command.Logs,
            CreatedAt = now,
            UpdatedAt = now,
        }, expected: 0, $"grid {name} created with subnet {subnet}");
        return Decision.Done(draft, name);
    }
}
