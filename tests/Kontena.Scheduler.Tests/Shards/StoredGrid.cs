using System.Text.Json;
using Kontena.Contracts;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Kontena.Core.Ids;
using Kontena.Scheduler.Shards;
using Kontena.Scheduler.Snapshots;
using Kontena.Scheduler.Tests.World;
using Kontena.State;
using Kontena.State.Documents;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kontena.Scheduler.Tests.Shards;

/// <summary>A grid in an embedded store of its own, and schedulers on it.</summary>
internal sealed class StoredGrid : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kontena-scheduler-").FullName;
    private readonly ServiceProvider _provider;
    private readonly List<GridLoops> _schedulers = [];

    public StoredGrid()
    {
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Kontena:DataDirectory"] = _directory })
            .Build();
        _provider = new ServiceCollection().AddLogging().AddKontenaState(settings).BuildServiceProvider();
        Store = new CountingStore(_provider.GetRequiredService<IStateStore>());
    }

    public CountingStore Store { get; }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public async Task<StoredGrid> WithNodesAsync(int nodes)
    {
        await Store.CommitAsync(new CommitBatch(StateKeys.System).Put(StateKeys.Grid, Some.Grid(), 0), Token);
        var batch = new CommitBatch("test-grid");
        for (var number = 1; number <= nodes; number++)
            batch.Put(StateKeys.Node, Some.Node(number), 0).Put(StateKeys.NodeLiveness, Some.Online($"node-{number}"), 0);
        await Store.CommitAsync(batch, Token);
        return this;
    }

    public async Task<Service> PutAsync(Service service)
    {
        // Just changed, so that no sweep deploys it by itself.
        var stamped = service with { UpdatedAt = TimeProvider.System.GetUtcNow() };
        await Store.CommitAsync(new CommitBatch("test-grid").Put(StateKeys.Service, stamped, CommitBatch.AnyVersion), Token);
        return stamped;
    }

    public Task PutAsync(Contracts.Nodes.Node node) =>
        Store.CommitAsync(new CommitBatch("test-grid").Put(StateKeys.Node, node, CommitBatch.AnyVersion), Token);

    public GridLoops NewScheduler()
    {
        var loops = new GridLoops(new GridSnapshots(Store, TimeProvider.System), Store, TimeProvider.System, NullLogger<GridLoop>.Instance);
        _schedulers.Add(loops);
        return loops;
    }

    public static async Task<string> DeployAsync(GridLoops scheduler, string service = "web")
    {
        var command = new Contracts.Deploys.DeployService { Grid = "test-grid", Stack = "shop", Service = service };
        var answer = await scheduler.PostAsync("test-grid", new GridInput.Deploy(ObjectId.New(TimeProvider.System), command), Token);
        return answer!.CreatedId!;
    }

    public async Task<Contracts.Deploys.ServiceDeploy> DeployOfAsync(string id) =>
        (await Store.GetAsync(StateKeys.ServiceDeploy, "test-grid", id, Token))!.Value;

    public async Task<long> EpochAsync() =>
        (await Store.GetAsync(StateKeys.SchedulerEpoch, "test-grid", "epoch", Token))!.Version;

    public async Task<IReadOnlyList<ApplyInstance>> OrdersAsync() =>
    [
        .. (await Store.PendingAsync("test-grid", 1000, Token))
            .Where(one => one.Type == typeof(ApplyInstance).FullName)
            .Select(one => JsonSerializer.Deserialize(one.Body, KontenaJson.Default.ApplyInstance)!),
    ];

    public static InstanceObserved Ready(ApplyInstance order, string node = "node-1", string nodeId = "ID1", long sequence = 1) => new()
    {
        Grid = "test-grid", Node = node, NodeId = nodeId, InstanceId = order.InstanceId, Generation = order.Generation, Sequence = sequence,
        State = ObservedState.Running, Ready = true, DeployRev = order.Spec.DeployRev, ServiceRevision = order.Spec.ServiceRevision,
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var scheduler in _schedulers)
        {
            await scheduler.StopAsync(CancellationToken.None);
            scheduler.Dispose();
        }

        await _provider.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}

/// <summary>Counts commits and can be told to fail or to dawdle.</summary>
internal sealed class CountingStore(IStateStore inner) : IStateStore
{
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Commits { get; private set; }

    /// <summary>The next commits are applied and then said to be unreachable.</summary>
    public int LoseAnswers { get; set; }

    /// <summary>Commits wait for this.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Ends when a commit stands before a gate that is closed.</summary>
    public Task Arrived => _arrived.Task;

    /// <summary>The next commits find no store.</summary>
    public int Refuse { get; set; }

    public Task<string> MarkAsync(string partition, IReadOnlyList<string> kinds, CancellationToken cancellationToken) =>
        inner.MarkAsync(partition, kinds, cancellationToken);

    public async Task CommitAsync(CommitBatch batch, CancellationToken cancellationToken)
    {
        if (Refuse > 0)
        {
            Refuse--;
            throw new StateUnavailableException("nobody there");
        }

        if (!Gate.IsCompleted)
            _arrived.TrySetResult();
        await Gate.WaitAsync(cancellationToken);
        await inner.CommitAsync(batch, cancellationToken);
        Commits++;
        if (LoseAnswers <= 0)
            return;
        LoseAnswers--;
        throw new StateUnavailableException("the answer got lost");
    }

    public Task<StoredDocument?> GetAsync(DocumentKey key, CancellationToken cancellationToken) => inner.GetAsync(key, cancellationToken);

    public Task<IReadOnlyList<StoredDocument>> ListAsync(string partition, string kind, IndexValue? index, CancellationToken cancellationToken) =>
        inner.ListAsync(partition, kind, index, cancellationToken);

    public Task<IReadOnlyList<OutboxEntry>> PendingAsync(string partition, int limit, CancellationToken cancellationToken, string? after = null) =>
        inner.PendingAsync(partition, limit, cancellationToken, after);

    public Task<IReadOnlyList<string>> PartitionsWithPendingAsync(CancellationToken cancellationToken) =>
        inner.PartitionsWithPendingAsync(cancellationToken);

    public Task ForgetAsync(string partition, IReadOnlyList<string> entryIds, CancellationToken cancellationToken) =>
        inner.ForgetAsync(partition, entryIds, cancellationToken);

    public Task PingAsync(CancellationToken cancellationToken) => inner.PingAsync(cancellationToken);
}
