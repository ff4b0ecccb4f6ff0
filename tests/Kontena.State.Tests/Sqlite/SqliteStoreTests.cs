using Kontena.State.Tests.Contract;

namespace Kontena.State.Tests.Sqlite;

public sealed class SqliteStoreTests : StoreContract
{
    protected override ValueTask<IStoreUnderTest> StartAsync() => ValueTask.FromResult<IStoreUnderTest>(new SqliteUnderTest());
}
