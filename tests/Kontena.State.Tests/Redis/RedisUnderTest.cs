using Kontena.State.Redis;
using Kontena.State.Tests.Contract;
using Kontena.State.Tests.Outbox;
using Kontena.Testing.Redis;

namespace Kontena.State.Tests.Redis;

internal sealed class RedisUnderTest(RedisServer server) : IStoreUnderTest
{
    private readonly List<RedisStateStore> _open = [];

    public RedisServer Server { get; } = server;

    public ListLogger<RedisConnection> Log { get; } = new();

    public static async ValueTask<IStoreUnderTest> StartAsync() =>
        new RedisUnderTest(await RedisServer.StartNewAsync(TestContext.Current.CancellationToken));

    public IStateStore Open(string origin = "a")
    {
        var store = new RedisStateStore(new RedisConnection(Server.ConnectionString, TimeProvider.System, Log), origin, TimeProvider.System);
        lock (_open)
            _open.Add(store);
        return store;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            foreach (var store in _open)
                store.Dispose();
        }
        finally
        {
            await Server.DisposeAsync();
        }
    }
}
