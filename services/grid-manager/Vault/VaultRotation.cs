using Kontena.Contracts.Config;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.GridManager.Vault;

/// <summary>Gives the vault a new key and seals everything anew with it. Stopped at any moment and run again it goes on where it was; everything can be read all the time.</summary>
internal sealed class VaultRotation(VaultKeys keys, IStateStore store)
{
    private const int MaxAttempts = 12;

    /// <returns>What was done, for the operator.</returns>
    /// <exception cref="VaultClosedException">The vault can't be opened, or its keys can't be changed from here.</exception>
    public async Task<string> RotateAsync(CancellationToken cancellationToken)
    {
        var ring = await keys.OpenAsync(cancellationToken);
        // A key that is in the file and not all is sealed with: an earlier run was stopped, or it was added by hand.
        if (await IsSettledAsync(ring, cancellationToken))
        {
            if (keys.Options.Keys is not null)
                throw new VaultClosedException($"the keys are given in setting {VaultOptions.KeysKey}: append a key to its list for every grid-manager, and run this again");
            ring = ring.WithNewKey();
            keys.Write(ring);
        }

        await SayAsync(ring, cancellationToken);
        var (secrets, registries) = (0, 0);
        foreach (var grid in await store.ListAsync(StateKeys.Grid, StateKeys.System, cancellationToken))
        {
            secrets += await ResealAllAsync(SealedKinds.Secrets, ring, grid.Value.Name, cancellationToken);
            registries += await ResealAllAsync(SealedKinds.Registries, ring, grid.Value.Name, cancellationToken);
        }

        secrets += await ResealConfigAsync(ring, cancellationToken);
        return $"key {ring.Newest} seals the vault, {secrets} secrets were sealed anew with it, and {registries} logins of registries. Give every grid-manager {keys.Options.KeyFile}, and keep a copy of it beside the backups.";
    }

    /// <summary>Forgets the keys that nothing is sealed with. To be run some minutes after the rotation: a write that was under way may still use one.</summary>
    /// <exception cref="VaultClosedException">The vault can't be opened, or something is sealed with an old key.</exception>
    public async Task<string> DropOldAsync(CancellationToken cancellationToken)
    {
        if (keys.Options.Keys is not null)
            throw new VaultClosedException($"the keys are given in setting {VaultOptions.KeysKey}: take the old ones out of it");
        var ring = await keys.OpenAsync(cancellationToken);
        if (!await IsSettledAsync(ring, cancellationToken))
            throw new VaultClosedException("not everything is sealed with the newest key: run rotate-vault-key first");
        var dropped = ring.Ids.SkipLast(1).ToList();
        var rest = ring.NewestAlone();
        // First the word, then the file: between the two the vault can be opened.
        await SayAsync(rest, cancellationToken);
        keys.Write(rest);
        return dropped.Count == 0 ? "there is no old key." : $"dropped {string.Join(", ", dropped)}. Backups from before the rotation need the key file that was kept beside them.";
    }

    private async Task<bool> IsSettledAsync(VaultRing ring, CancellationToken cancellationToken)
    {
        if (await keys.KnownAsync(cancellationToken) is not { } known || known.Value.Keys[^1] != ring.Newest)
            return false;
        foreach (var grid in await store.ListAsync(StateKeys.Grid, StateKeys.System, cancellationToken))
        {
            if (!await AreNewestAsync(SealedKinds.Secrets, ring, grid.Value.Name, cancellationToken)
                || !await AreNewestAsync(SealedKinds.Registries, ring, grid.Value.Name, cancellationToken))
                return false;
        }

        return await store.GetAsync(StateKeys.MasterConfig, StateKeys.System, "config", cancellationToken) is not { } config
            || config.Value.Secrets.All(secret => secret.KeyId == ring.Newest);
    }

    private async Task SayAsync(VaultRing ring, CancellationToken cancellationToken)
    {
        var known = await keys.KnownAsync(cancellationToken);
        if (known is null || !known.Value.Keys.SequenceEqual(ring.Ids))
            await keys.SayAsync(ring, known?.Version ?? 0, cancellationToken);
    }

    private async Task<bool> AreNewestAsync<T>(SealedKind<T> sealedKind, VaultRing ring, string grid, CancellationToken cancellationToken) =>
        (await store.ListAsync(sealedKind.Kind, grid, cancellationToken)).All(one => sealedKind.Kept(one.Value).KeyId == ring.Newest);

    private async Task<int> ResealAllAsync<T>(SealedKind<T> sealedKind, VaultRing ring, string grid, CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var one in await store.ListAsync(sealedKind.Kind, grid, cancellationToken))
            count += await ResealAsync(sealedKind, ring, grid, sealedKind.Kind.IdOf(one.Value), cancellationToken) ? 1 : 0;
        return count;
    }

    private async Task<bool> ResealAsync<T>(SealedKind<T> sealedKind, VaultRing ring, string grid, string id, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await store.GetAsync(sealedKind.Kind, grid, id, cancellationToken) is not { } found || sealedKind.Kept(found.Value).KeyId == ring.Newest)
                return false;
            var place = sealedKind.Place(grid, id);
            var value = ring.Open(place, sealedKind.Kept(found.Value))
                ?? throw new VaultClosedException($"{sealedKind.Noun} {grid}/{id} can't be opened: it was changed since it was sealed. Write it anew or delete it, and run this again");
            try
            {
                await store.CommitAsync(new CommitBatch(grid).Put(sealedKind.Kind, sealedKind.With(found.Value, ring.Seal(place, value)), found.Version), cancellationToken);
                return true;
            }
            catch (StateConflictException) when (attempt < MaxAttempts)
            {
                // Written anew in between: looked at again.
            }
        }
    }

    private async Task<int> ResealConfigAsync(VaultRing ring, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await store.GetAsync(StateKeys.MasterConfig, StateKeys.System, "config", cancellationToken) is not { } found)
                return 0;
            var old = found.Value.Secrets.Count(secret => secret.KeyId != ring.Newest);
            if (old == 0)
                return 0;
            var anew = found.Value.Secrets.Select(secret => ResealConfig(ring, secret)).ToList();
            try
            {
                await store.CommitAsync(new CommitBatch(StateKeys.System).Put(StateKeys.MasterConfig, found.Value with { Secrets = anew }, found.Version), cancellationToken);
                return old;
            }
            catch (StateConflictException) when (attempt < MaxAttempts)
            {
                // Set anew in between: looked at again.
            }
        }
    }

    private static SealedConfig ResealConfig(VaultRing ring, SealedConfig secret)
    {
        var place = StorePlaces.Config(secret.Key);
        var value = ring.Open(place, new SealedAtRest(secret.KeyId, secret.Sealed))
            ?? throw new VaultClosedException($"{secret.Key} of the configuration can't be opened: it was changed since it was sealed. Set it anew or unset it, and run this again");
        var kept = ring.Seal(place, value);
        return new SealedConfig(secret.Key, kept.KeyId, kept.Text);
    }
}
