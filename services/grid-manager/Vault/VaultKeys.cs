using Kontena.Contracts.Vault;
using Kontena.Core.Files;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.GridManager.Vault;

/// <summary>Opens the key ring, and holds it against what the store says that the vault is sealed with: a wrong or missing key is said in words before anything is
/// sealed with it.</summary>
/// <remarks>Read anew each time: a rotation beside a running service is seen at once, and the vault is asked seldom.</remarks>
internal sealed class VaultKeys(VaultOptions options, IStateStore store, TimeProvider time)
{
    private const int MaxAttempts = 5;

    public VaultOptions Options => options;

    /// <summary>The ring; made, in a file, when the vault is used for the first time.</summary>
    /// <exception cref="VaultClosedException">It is not there, or another one.</exception>
    /// <exception cref="StateUnavailableException">The store can't be reached.</exception>
    public async Task<VaultRing> OpenAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await KnownAsync(cancellationToken) is { } known)
                return Check(Read(), known.Value);
            var ring = ReadOrMake();
            try
            {
                await SayAsync(ring, 0, cancellationToken);
                return ring;
            }
            catch (StateConflictException) when (attempt < MaxAttempts)
            {
                // Another grid-manager was first: it says which keys they are.
            }
        }
    }

    /// <summary>Why the vault can't be opened; null when it can, or has never been used.</summary>
    public async Task<string?> ProblemAsync(CancellationToken cancellationToken)
    {
        if (await KnownAsync(cancellationToken) is not { } known)
            return null;
        try
        {
            Check(Read(), known.Value);
            return null;
        }
        catch (VaultClosedException closed)
        {
            return closed.Message;
        }
    }

    public Task<Versioned<VaultKey>?> KnownAsync(CancellationToken cancellationToken) =>
        store.GetAsync(StateKeys.VaultKey, StateKeys.System, "vault", cancellationToken);

    /// <summary>Writes down which keys the vault is sealed with.</summary>
    /// <exception cref="StateConflictException">Somebody else did.</exception>
    public Task SayAsync(VaultRing ring, long expected, CancellationToken cancellationToken) =>
        store.CommitAsync(new CommitBatch(StateKeys.System).Put(
            StateKeys.VaultKey, new VaultKey { Keys = ring.Ids, PublicKey = ring.PublicKey, UpdatedAt = time.GetUtcNow() }, expected), cancellationToken);

    public void Write(VaultRing ring) => DurableFile.Write(options.KeyFile, VaultKeyFile.Write(ring));

    /// <summary>The ring as it is given, or null when there is none.</summary>
    public VaultRing? Read()
    {
        if (options.Keys is { } given)
            return VaultKeyFile.Read(given) ?? throw new VaultClosedException($"setting {VaultOptions.KeysKey} is not the content of a key file");
        if (!File.Exists(options.KeyFile))
            return null;
        try
        {
            return VaultKeyFile.Read(File.ReadAllText(options.KeyFile)) ?? throw new VaultClosedException($"{options.KeyFile} is not a key file of the vault");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new VaultClosedException($"{options.KeyFile} can't be read: {problem.Message}");
        }
    }

    private VaultRing ReadOrMake()
    {
        if (Read() is { } ring)
            return ring;
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(options.KeyFile)) is { Length: > 0 } folder)
                Directory.CreateDirectory(folder);
            // Of processes that share a directory the first one's file stands.
            DurableFile.Create(options.KeyFile, VaultKeyFile.Write(VaultRing.New()));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new VaultClosedException($"{options.KeyFile} can't be made: {problem.Message}; say another place with {VaultOptions.FileKey}");
        }

        return Read() ?? throw new VaultClosedException($"{options.KeyFile} went away while it was made");
    }

    private VaultRing Check(VaultRing? ring, VaultKey known)
    {
        var where = options.Keys is null ? options.KeyFile : $"setting {VaultOptions.KeysKey}";
        if (ring is null)
            throw new VaultClosedException(
                $"the vault is sealed with key {known.Keys[^1]}, and {where} is not there: bring the file from where it was made, or from where it was kept beside the backup");
        if (known.Keys.Except(ring.Ids, StringComparer.Ordinal).ToList() is { Count: > 0 } missing)
            throw new VaultClosedException(
                $"the vault is sealed with key {string.Join(" and ", missing)}, and {where} holds {string.Join(", ", ring.Ids)}: bring the file from where the vault was first used, or from where it was kept beside the backup");
        if (ring.PublicKey != known.PublicKey)
            throw new VaultClosedException($"{where} has the vault's keys, but not the one that values are sealed to on their way: give every grid-manager the same file");
        return ring;
    }
}
