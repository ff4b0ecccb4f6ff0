using Kontena.Contracts.Commands;
using Kontena.Contracts.Config;
using Kontena.Contracts.Identity;
using Kontena.Contracts.Vault;
using Kontena.Core.Services;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Vault;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.GridManager.Config;

/// <summary>What a change of the configuration looks at.</summary>
/// <param name="Config">Null: nothing was ever set.</param>
/// <param name="Users">All of them: their ids at a provider are worth nothing at another one.</param>
internal sealed record ConfigSnapshot(Versioned<MasterConfig>? Config, IReadOnlyList<Versioned<User>> Users);

/// <summary>Keys get values or go (rest-api.md §7). The same again changes nothing.</summary>
internal static class ChangeConfigDecision
{
    /// <param name="now">What there is.</param>
    /// <param name="command">What is asked.</param>
    /// <param name="secrets">The secrets of the command, opened, as JSON by key.</param>
    /// <param name="ring">Opens and seals secrets; null when there are none, so that a closed vault is in nobody's way.</param>
    /// <param name="time">The time.</param>
    public static Decision<VaultWritten> Decide(
        ConfigSnapshot now, ChangeConfig command, IReadOnlyList<ConfigValue> secrets, VaultRing? ring, DateTimeOffset time)
    {
        var set = command.Set.Concat(secrets).Where(one => one.Key != ConfigRules.Salt).ToList();
        var errors = Check(set, command);
        var before = now.Config?.Value ?? new MasterConfig { UpdatedAt = time };
        var named = set.Select(one => one.Key).Concat(command.Unset).ToHashSet(StringComparer.Ordinal);
        bool Stays(string key) => !named.Contains(key) && (!command.Replace || key == ConfigRules.Uuid);

        var values = before.Values.Where(one => Stays(one.Key))
            .Concat(command.Set.Where(one => one.Key != ConfigRules.Salt && !ConfigRules.AlwaysFalse.Contains(one.Key)))
            .OrderBy(one => one.Key, StringComparer.Ordinal).ToList();
        var kept = before.Secrets.Where(one => Stays(one.Key)).ToList();
        if (values.Count + kept.Count + secrets.Count > ConfigRules.MostKeys)
            errors.Say($"there would be {values.Count + kept.Count + secrets.Count} keys, at most {ConfigRules.MostKeys} are possible", "config");
        if (errors.Any)
            return new(new VaultWritten { Result = CommandResult.Refused(errors.Found) });

        // What already is what it shall be stays sealed as it is: it would read as a change otherwise.
        kept.AddRange(secrets.Select(one => before.Secrets.FirstOrDefault(old => old.Key == one.Key && Open(ring!, old) == one.Json) ?? Seal(ring!, one)));
        var sealedOnes = kept.OrderBy(one => one.Key, StringComparer.Ordinal).ToList();
        var changed = ChangedKeys(before, values, sealedOnes);
        if (changed.Count == 0)
            return new(new VaultWritten { Result = CommandResult.Done() });

        var batch = new CommitBatch(StateKeys.System)
            .Put(StateKeys.MasterConfig, new MasterConfig { Values = values, Secrets = sealedOnes, UpdatedAt = time }, now.Config?.Version ?? 0);
        var changes = new List<string> { $"configuration changed: {string.Join(", ", changed)}" };
        if (changed.Any(ConfigRules.IsOfProvider))
            ForgetIds(now.Users, batch, changes, time);
        return new(new VaultWritten { Result = CommandResult.Done() }, batch, changes);
    }

    public static string? Open(VaultRing ring, SealedConfig secret) => ring.Open(StorePlaces.Config(secret.Key), new SealedAtRest(secret.KeyId, secret.Sealed));

    private static FieldErrors Check(List<ConfigValue> set, ChangeConfig command)
    {
        var errors = new FieldErrors();
        foreach (var (key, json) in set)
        {
            var before = errors.Found.Count;
            ConfigRules.CheckKey(key, errors);
            if (errors.Found.Count == before)
                ConfigRules.CheckValue(key, json, errors);
        }

        foreach (var twice in set.GroupBy(one => one.Key, StringComparer.Ordinal).Where(same => same.Count() > 1 || command.Unset.Contains(same.Key)))
            errors.Say($"{ConfigRules.Short(twice.Key)} is there twice", "config");
        // A secret that came the open way was in the clear on the bus: its sender must not go on believing that it was sealed.
        foreach (var open in command.Set.Where(one => MasterConfig.IsSecret(one.Key)))
            errors.Say($"{ConfigRules.Short(open.Key)} is a secret and must be sent sealed", "config");
        return errors;
    }

    private static SealedConfig Seal(VaultRing ring, ConfigValue secret)
    {
        var kept = ring.Seal(StorePlaces.Config(secret.Key), secret.Json);
        return new SealedConfig(secret.Key, kept.KeyId, kept.Text);
    }

    private static List<string> ChangedKeys(MasterConfig before, List<ConfigValue> values, List<SealedConfig> secrets)
    {
        var differing = before.Values.Except(values).Concat(values.Except(before.Values)).Select(one => one.Key);
        var differingSecrets = before.Secrets.Except(secrets).Concat(secrets.Except(before.Secrets)).Select(one => one.Key);
        return [.. differing.Concat(differingSecrets).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>Somebody else may have their number at another provider.</summary>
    private static void ForgetIds(IReadOnlyList<Versioned<User>> users, CommitBatch batch, List<string> changes, DateTimeOffset time)
    {
        var known = users.Where(user => user.Value.ExternalId is not null).ToList();
        foreach (var user in known)
            batch.Put(StateKeys.User, user.Value with { ExternalId = null, UpdatedAt = time }, user.Version);
        if (known.Count > 0)
            changes.Add($"{known.Count} users are found by their e-mail address at their next login: the provider may be another one");
    }
}
