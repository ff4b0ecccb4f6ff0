using Kontena.Contracts.Registries;
using Kontena.Contracts.Vault;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.GridManager.Vault;

/// <summary>A kind of document of a grid that has one value sealed with a key of the vault. All of them are listed here, for whoever seals everything anew.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Noun">What one is called, for people.</param>
/// <param name="Place">From grid and id to where its value belongs.</param>
/// <param name="Kept">The value as it is kept.</param>
/// <param name="With">The document with the value sealed anew.</param>
internal sealed record SealedKind<T>(
    DocumentKind<T> Kind, string Noun, Func<string, string, string> Place, Func<T, SealedAtRest> Kept, Func<T, SealedAtRest, T> With);

internal static class SealedKinds
{
    public static readonly SealedKind<Secret> Secrets = new(
        StateKeys.Secret, "secret", StorePlaces.Secret,
        secret => new SealedAtRest(secret.KeyId, secret.Sealed), (secret, kept) => secret with { KeyId = kept.KeyId, Sealed = kept.Text });

    public static readonly SealedKind<ExternalRegistry> Registries = new(
        StateKeys.ExternalRegistry, "login at registry", StorePlaces.Registry,
        registry => new SealedAtRest(registry.KeyId, registry.Sealed), (registry, kept) => registry with { KeyId = kept.KeyId, Sealed = kept.Text });
}
