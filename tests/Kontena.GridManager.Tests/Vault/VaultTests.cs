using Kontena.Contracts.Vault;
using Kontena.Core.Vault;
using Kontena.GridManager.Tests.Platform;
using Kontena.GridManager.Vault;
using Kontena.State;
using Kontena.State.Documents;
using Xunit;

namespace Kontena.GridManager.Tests.Vault;

/// <summary>The vault in the running module: values come and go sealed, and the key file decides.</summary>
public sealed class VaultTests : IDisposable
{
    private const string Value = "a-value-that-is-nowhere-else";
    private readonly string _directory = Directory.CreateTempSubdirectory("kontena-vault-").FullName;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string KeyFile => Path.Combine(_directory, "vault.key");

    public void Dispose()
    {
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
    }

    private static async Task<VaultWritten> WriteAsync(RunningGridManager running, string name, string value, SecretWriting writing = SecretWriting.Create)
    {
        var door = await running.AskAsync<AskVaultDoor, VaultDoor>(new AskVaultDoor());
        if (door.Closed is { } closed)
            return new VaultWritten { Result = Contracts.Commands.CommandResult.Refused(), Closed = closed };
        return await running.AskAsync<WriteSecret, VaultWritten>(new WriteSecret
        {
            Grid = "prod", Name = name, Value = BusSeal.Seal(door.PublicKey!, SecretPlaces.Writing("prod", name), value), Writing = writing,
        });
    }

    private static async Task<(string? Value, string? Closed)> ReadAsync(RunningGridManager running, string name)
    {
        using var own = BusSeal.NewKey();
        var read = await running.AskAsync<ReadSecret, SecretRead>(new ReadSecret { Grid = "prod", Name = name, PublicKey = BusSeal.PublicKeyOf(own) });
        return (read.Value is { } value ? BusSeal.Open(own, SecretPlaces.Reading("prod", name), value) : null, read.Closed);
    }

    [Fact]
    public async Task What_is_written_is_read_and_is_nowhere_in_clear()
    {
        var running = await RunningGridManager.StartAsync(_directory);
        Assert.False(File.Exists(KeyFile));
        Assert.True((await WriteAsync(running, "DB_PASS", Value)).IsNew);
        Assert.Equal((Value, null), await ReadAsync(running, "DB_PASS"));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(KeyFile) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        await running.StopAsync();

        foreach (var file in Directory.EnumerateFiles(_directory, "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(file, Cancelled);
            Assert.Equal(-1, bytes.AsSpan().IndexOf("a-value-that-is-nowhere-else"u8));
        }
    }

    [Fact]
    public async Task Values_outlive_a_restart_with_their_key_and_are_missed_in_words_without_it()
    {
        var running = await RunningGridManager.StartAsync(_directory);
        await WriteAsync(running, "DB_PASS", Value);
        await running.StopAsync();

        running = await RunningGridManager.StartAsync(_directory);
        Assert.Equal(Value, (await ReadAsync(running, "DB_PASS")).Value);
        await running.StopAsync();

        var id = VaultKeyFile.Read(await File.ReadAllTextAsync(KeyFile, Cancelled))!.Newest;
        File.Move(KeyFile, KeyFile + ".away");
        running = await RunningGridManager.StartAsync(_directory);
        var expected = $"the vault is sealed with key {id}, and {KeyFile} is not there";
        Assert.StartsWith(expected, (await ReadAsync(running, "DB_PASS")).Closed, StringComparison.Ordinal);
        Assert.StartsWith(expected, (await WriteAsync(running, "OTHER", Value)).Closed, StringComparison.Ordinal);
        Assert.False(File.Exists(KeyFile));

        var other = VaultRing.New();
        await File.WriteAllBytesAsync(KeyFile, VaultKeyFile.Write(other), Cancelled);
        Assert.StartsWith($"the vault is sealed with key {id}, and {KeyFile} holds {other.Newest}", (await ReadAsync(running, "DB_PASS")).Closed, StringComparison.Ordinal);
        File.Move(KeyFile + ".away", KeyFile, overwrite: true);
        Assert.Equal(Value, (await ReadAsync(running, "DB_PASS")).Value);
        await running.StopAsync();
    }

    [Fact]
    public async Task A_sealed_value_that_was_moved_to_another_name_is_not_read()
    {
        var running = await RunningGridManager.StartAsync(_directory);
        await WriteAsync(running, "MINE", "mine");
        await WriteAsync(running, "YOURS", "yours");
        var mine = (await running.Store.GetAsync(StateKeys.Secret, "prod", "MINE", Cancelled))!;
        var yours = (await running.Store.GetAsync(StateKeys.Secret, "prod", "YOURS", Cancelled))!;
        await running.Store.CommitAsync(new CommitBatch("prod").Put(StateKeys.Secret, mine.Value with { Sealed = yours.Value.Sealed }, mine.Version), Cancelled);
        var read = await ReadAsync(running, "MINE");
        Assert.Null(read.Value);
        Assert.StartsWith("secret prod/MINE can't be opened", read.Closed, StringComparison.Ordinal);
        await running.StopAsync();
    }

    [Fact]
    public async Task A_value_that_was_sealed_for_another_name_is_not_taken()
    {
        var running = await RunningGridManager.StartAsync(_directory);
        var door = await running.AskAsync<AskVaultDoor, VaultDoor>(new AskVaultDoor());
        var written = await running.AskAsync<WriteSecret, VaultWritten>(new WriteSecret
        {
            Grid = "prod", Name = "B", Value = BusSeal.Seal(door.PublicKey!, SecretPlaces.Writing("prod", "A"), Value), Writing = SecretWriting.Create,
        });
        Assert.StartsWith("the value was sealed for another key", written.Closed, StringComparison.Ordinal);
        Assert.Empty(await running.Store.ListAsync(StateKeys.Secret, "prod", Cancelled));
        await running.StopAsync();
    }
}
