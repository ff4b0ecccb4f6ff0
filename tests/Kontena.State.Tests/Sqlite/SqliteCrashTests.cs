using System.Globalization;
using Kontena.State.Documents;
using Kontena.State.Tests.Contract;

namespace Kontena.State.Tests.Sqlite;

public sealed class SqliteCrashTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task After_kill_9_everything_acknowledged_is_there_and_nothing_is_half_there()
    {
        await using var engine = new SqliteUnderTest();
        var acknowledged = 0;
        for (var life = 0; life < 3; life++)
        {
            using var child = CommitLoopProcess.Start(engine.File);
            var before = acknowledged;
            using var end = Token.Register(child.Kill);
            while (acknowledged < before + 60 && await child.StandardOutput.ReadLineAsync(Token) is { } line)
                acknowledged = int.Parse(line, CultureInfo.InvariantCulture);
            child.Kill();
            while (await child.StandardOutput.ReadLineAsync(Token) is { } line)
                acknowledged = int.TryParse(line, CultureInfo.InvariantCulture, out var last) ? last : acknowledged;
            await child.WaitForExitAsync(Token);
            Assert.True(acknowledged >= before + 60, $"the child stopped by itself after {acknowledged}");
        }

        var store = engine.Open();
        var one = (await store.GetAsync(Sample.Nodes, Sample.Partition, "one", Token))!;
        var stored = (int)one.Version;
        Assert.InRange(stored, acknowledged, acknowledged + 3);
        Assert.Equal(stored, one.Value.Number);
        Assert.Equal(["one"], await Sample.IdsAsync(store, new IndexValue("node-id", $"n-{stored}")));
        Assert.Equal(stored + 1, (await Sample.IdsAsync(store)).Count);
        Assert.Equal(stored, await Sample.PendingCountAsync(store));
    }
}
