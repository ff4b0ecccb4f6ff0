using Kontena.Contracts.Commands;
using Kontena.Contracts.Vault;
using Kontena.Core.Services;
using Kontena.Core.Vault;
using Kontena.GridManager.Decisions;
using Kontena.State;

namespace Kontena.GridManager.Vault;

/// <summary>A secret is created or gets another value (rest-api.md §16), and the services that ask for it become new revisions: the stateless ones are deployed anew by
/// themselves, the others with their next deploy. The same value again changes nothing.</summary>
internal static class WriteSecretDecision
{
    /// <param name="grid">With the vault.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="value">Opened; null when none was given.</param>
    /// <param name="ring">Opens what is there.</param>
    /// <param name="seal">Seals the new value for its place.</param>
    /// <param name="now">The time.</param>
    public static Decision<VaultWritten> Decide(
        GridSnapshot grid, WriteSecret command, string? value, VaultRing ring, Func<string, string, SealedAtRest> seal, DateTimeOffset now)
    {
        var name = command.Name?.Trim();
        var found = name is null ? null : grid.Secret(name);
        if (found is null && command.Writing == SecretWriting.Update)
            return new(new VaultWritten { Result = CommandResult.NotFound($"Secret {name} not found") });

        var errors = new FieldErrors();
        if (string.IsNullOrEmpty(name))
            errors.Reason(command.Name is null ? "is required" : "can't be blank", "name");
        else if (!SecretRules.IsName(name))
            errors.Reason($"isn't in the right format: {SecretRules.NameForm}", "name");
        else if (found is not null && command.Writing == SecretWriting.Create)
            errors.Say("is already taken", "name");
        else if (found is null && grid.Secrets.Count >= SecretRules.MostInGrid)
            errors.Say($"the grid has {grid.Secrets.Count} secrets, at most {SecretRules.MostInGrid} are possible", "name");
        if (string.IsNullOrWhiteSpace(value))
            errors.Reason(value is null ? "is required" : "can't be blank", "value");
        else if (SecretRules.IsTooLarge(value))
            errors.Reason($"is over {SecretRules.LargestValue / 1024} KiB, the most that is kept", "value");
        if (errors.Any)
            return new(new VaultWritten { Result = CommandResult.Refused(errors.Found) });

        var place = StorePlaces.Secret(command.Grid, name!);
        if (found is not null && ring.Open(place, new SealedAtRest(found.Value.KeyId, found.Value.Sealed)) == value)
            return new(new VaultWritten { Result = CommandResult.Done(name) });
        var kept = seal(place, value!);
        var secret = new Secret
        {
            Grid = command.Grid,
            Name = name!,
            Revision = (found?.Value.Revision ?? 0) + 1,
            KeyId = kept.KeyId,
            Sealed = kept.Text,
            CreatedAt = found?.Value.CreatedAt ?? now,
            UpdatedAt = now,
        };
        var draft = new GridDraft(command.Grid);
        draft.Keep(StateKeys.Secret, secret, found?.Version ?? 0, $"secret {name} {(found is null ? "created" : $"has another value, revision {secret.Revision}")}");
        foreach (var service in grid.LiveServices.Where(one => one.Value.Spec.Secrets.Any(use => use.Secret == name)))
        {
            var renewed = service.Value with { Revision = service.Value.Revision + 1, UpdatedAt = now };
            draft.PutRevision(renewed, service.Version, $"service {renewed.Stack}/{renewed.Name} is at revision {renewed.Revision}: secret {name} was written", $"secret {name}");
        }

        return new(new VaultWritten { Result = CommandResult.Done(name), IsNew = found is null }, draft.Batch, draft.Changes) { Events = draft.Events };
    }
}
