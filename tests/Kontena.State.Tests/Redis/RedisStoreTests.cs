using Kontena.State.Tests.Contract;

namespace Kontena.State.Tests.Redis;

public sealed class RedisStoreTests : StoreContract
{
    protected override ValueTask<IStoreUnderTest> StartAsync() => RedisUnderTest.StartAsync();
}
