using Kontena.Contracts.Commands;
using Kontena.Contracts.Volumes;
using Kontena.Core.Naming;
using Kontena.Core.Services;
using Kontena.GridManager.Decisions;
using Kontena.State;

namespace Kontena.GridManager.Volumes;

/// <summary>A volume that services of the grid may mount by name (rest-api.md §20). No node is told: it is made where an instance needs it.</summary>
internal static class CreateVolumeDecision
{
    private const int MaxOptions = 64;
    private const int MaxText = 4096;

    public static Decision<CommandResult> Decide(GridSnapshot grid, CreateVolume command, DateTimeOffset now, Func<string> newId)
    {
        var errors = new FieldErrors();
        var name = command.Name?.Trim();
        if (string.IsNullOrEmpty(name))
            errors.Reason(command.Name is null ? "is required" : "can't be blank", "name");
        else if (!NameRules.IsStackOrService(name))
            errors.Reason($"isn't in the right format: {NameRules.StackOrServiceForm}", "name");
        else if (grid.Volume(name) is { } taken)
            errors.Say(taken.Value.RemovedAt is null ? "Volume with given name already exists" : $"{name} is being removed, try again in a moment", "name");

        var scope = ScopeOf(command.Scope, errors);
        var driver = command.Driver?.Trim();
        if (string.IsNullOrEmpty(driver))
            errors.Reason(command.Driver is null ? "is required" : "can't be blank", "driver");
        else if (driver.Contains(':'))
            errors.Say("Driver version tag cannot be used", "driver");
        else if (driver.Length > 255 || driver.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)))
            errors.Reason("isn't in the right format: the name of a volume driver, such as local, at most 255 characters without blanks", "driver");
        CheckOptions(command.DriverOpts, errors);
        if (errors.Any)
            return Decision.Refused(errors.Found);

        var draft = new GridDraft(command.Grid);
        draft.Put(StateKeys.Volume, new Volume
        {
            Grid = command.Grid,
            Name = name!,
            Uid = newId(),
            Scope = scope!.Value,
            Driver = driver!,
            DriverOpts = command.DriverOpts ?? new Dictionary<string, string>(),
            CreatedAt = now,
            UpdatedAt = now,
        }, expected: 0, $"volume {name} created: scope {scope}, driver {driver}");
        return Decision.Done(draft, name);
    }

    private static VolumeScope? ScopeOf(string? text, FieldErrors errors)
    {
        switch (text?.Trim())
        {
            case "instance": return VolumeScope.Instance;
            case "stack": return VolumeScope.Stack;
            case "grid": return VolumeScope.Grid;
            case null:
                errors.Reason("is required", "scope");
                return null;
            default:
                errors.Reason("isn't an option: one of instance, stack, grid", "scope");
                return null;
        }
    }

    private static void CheckOptions(IReadOnlyDictionary<string, string>? options, FieldErrors errors)
    {
        if (options is null)
            return;
        if (options.Count > MaxOptions)
            errors.Reason($"has {options.Count} options, at most {MaxOptions} are possible", "driver_opts");
        foreach (var (key, value) in options)
        {
            if (string.IsNullOrWhiteSpace(key) || value is null || key.Length + value.Length > MaxText)
                errors.Say($"an option needs a name, and name and value have at most {MaxText} characters together", "driver_opts", key);
        }
    }
}
