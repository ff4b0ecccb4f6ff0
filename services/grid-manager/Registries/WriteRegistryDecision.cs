using Kontena.Contracts.Commands;
using Kontena.Contracts.Registries;
using Kontena.Contracts.Vault;
using Kontena.Core.Registries;
using Kontena.Core.Services;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Vault;
using Kontena.State;

namespace Kontena.GridManager.Registries;

/// <summary>The login at a registry is kept; one of the same registry is replaced, so that a password is changed without a moment without one (rest-api.md §15, §25.10).</summary>
internal static class WriteRegistryDecision
{
    /// <param name="grid">With the vault.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="password">Opened; null when none was given.</param>
    /// <param name="seal">Seals the password for its place.</param>
    /// <param name="now">The time.</param>
    public static Decision<VaultWritten> Decide(
        GridSnapshot grid, WriteRegistry command, string? password, Func<string, string, SealedAtRest> seal, DateTimeOffset now)
    {
        var errors = new FieldErrors();
        var url = command.Url?.Trim();
        var name = string.IsNullOrEmpty(url) ? null : RegistryNames.OfUrl(url);
        Require(url, "url", errors);
        if (!string.IsNullOrEmpty(url) && name is null)
            errors.Reason($"isn't in the right format: {RegistryNames.UrlForm}", "url");
        var found = name is null ? null : grid.Registry(name);
        if (name is not null && found is null && grid.Registries.Count >= RegistryRules.MostInGrid)
            errors.Say($"the grid has {grid.Registries.Count} registries, at most {RegistryRules.MostInGrid} are possible", "url");
        var username = command.Username?.Trim();
        Require(username, "username", errors);
        if (string.IsNullOrWhiteSpace(password))
            errors.Reason(password is null ? "is required" : "can't be blank", "password");
        else if (RegistryRules.IsTooLarge(password))
            errors.Reason($"is over {RegistryRules.LargestPassword / 1024} KiB, the most that is kept", "password");
        var email = string.IsNullOrWhiteSpace(command.Email) ? null : command.Email.Trim();
        if (email is { Length: > RegistryRules.LongestText })
            errors.Reason(TooLong, "email");
        if (errors.Any)
            return new(new VaultWritten { Result = CommandResult.Refused(errors.Found) });

        var kept = seal(StorePlaces.Registry(command.Grid, name!), password!);
        var registry = new ExternalRegistry
        {
            Grid = command.Grid,
            Name = name!,
            Url = url!,
            Username = username!,
            Email = email,
            KeyId = kept.KeyId,
            Sealed = kept.Text,
            CreatedAt = found?.Value.CreatedAt ?? now,
            UpdatedAt = now,
        };
        var draft = new GridDraft(command.Grid);
        draft.Keep(StateKeys.ExternalRegistry, registry, found?.Version ?? 0, $"login at registry {name} {(found is null ? "added" : "replaced")}");
        return new(new VaultWritten { Result = CommandResult.Done(name), IsNew = found is null }, draft.Batch, draft.Changes);
    }

    private static string TooLong => $"is too long, at most {RegistryRules.LongestText} characters are kept";

    private static void Require(string? text, string field, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(text))
            errors.Reason(text is null ? "is required" : "can't be blank", field);
        else if (text.Length > RegistryRules.LongestText)
            errors.Reason(TooLong, field);
    }
}
