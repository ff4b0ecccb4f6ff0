using Kontena.State.Sqlite;
using Kontena.State.Tests.Contract;
using Microsoft.Data.Sqlite;

namespace Kontena.State.Tests.Sqlite;

public sealed class SqliteFileTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_data_directory_that_cannot_be_made_is_explained_and_tried_again()
    {
        await using var engine = new SqliteUnderTest();
        // A file where the directory should be.
        var blocked = Path.Combine(engine.Directory, "data");
        await File.WriteAllTextAsync(blocked, "", Token);
        var store = engine.Open();

        var unavailable = await Assert.ThrowsAsync<StateUnavailableException>(() => store.PingAsync(Token));
        Assert.Contains("Kontena:DataDirectory", unavailable.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StateUnavailableException>(
            () => store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one"), 0), Token));

        File.Delete(blocked);
        await store.PingAsync(Token);
        await store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one"), 0), Token);
    }

    [Fact]
    public async Task A_file_of_a_newer_format_is_left_alone()
    {
        await using var engine = new SqliteUnderTest();
        await engine.Open().PingAsync(Token);
        Execute(engine.File, "PRAGMA user_version=99");

        var unavailable = await Assert.ThrowsAsync<StateUnavailableException>(() => engine.Open().PingAsync(Token));

        Assert.Contains("format 99", unavailable.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_state_file_is_explained()
    {
        await using var engine = new SqliteUnderTest();
        Directory.CreateDirectory(Path.GetDirectoryName(engine.File)!);
        await File.WriteAllTextAsync(engine.File, new string('x', 8192), Token);

        var unavailable = await Assert.ThrowsAsync<StateUnavailableException>(() => engine.Open().PingAsync(Token));

        Assert.Contains("damaged", unavailable.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_locked_by_another_process_is_explained_and_then_works()
    {
        await using var engine = new SqliteUnderTest();
        var store = engine.Open();
        await store.PingAsync(Token);
        using (var other = new SqliteConnection($"Data Source={engine.File};Pooling=false"))
        {
            other.Open();
            Execute(other, "BEGIN IMMEDIATE");
            var unavailable = await Assert.ThrowsAsync<StateUnavailableException>(
                () => store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one"), 0), Token));
            Assert.Contains("locked", unavailable.Message, StringComparison.Ordinal);
            Assert.Contains("was not stored", unavailable.Message, StringComparison.Ordinal);
        }

        await store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one"), 0), Token);
    }

    [Fact]
    public async Task Only_the_owner_may_read_the_files()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("these are Unix rights");
            return;
        }

        await using var engine = new SqliteUnderTest();
        await engine.Open().CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one"), 0), Token);

        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(engine.File)!))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task A_closed_store_says_that_the_process_is_stopping()
    {
        await using var engine = new SqliteUnderTest();
        var store = (SqliteStateStore)engine.Open();
        await store.PingAsync(Token);
        store.Dispose();

        var unavailable = await Assert.ThrowsAsync<StateUnavailableException>(
            () => store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one"), 0), Token));
        Assert.Contains("stopping", unavailable.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StateUnavailableException>(() => store.PingAsync(Token));
    }

    private static void Execute(string file, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=false");
        connection.Open();
        Execute(connection, sql);
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
