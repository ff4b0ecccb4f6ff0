using Kontena.State.Sqlite;
using Kontena.State.Tests.Contract;

namespace Kontena.State.Tests.Sqlite;

internal sealed class SqliteUnderTest : IStoreUnderTest
{
    private readonly List<SqliteStateStore> _open = [];

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("kontena-state-").FullName;

    public string File => Path.Combine(Directory, "data", "state.db");

    public IStateStore Open(string origin = "a")
    {
        var store = new SqliteStateStore(File, origin);
        lock (_open)
            _open.Add(store);
        return store;
    }

    public ValueTask DisposeAsync()
    {
        foreach (var store in _open)
            store.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
        return ValueTask.CompletedTask;
    }
}
