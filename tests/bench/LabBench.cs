using Kontena.Docker;

namespace Kontena.Bench;

/// <summary>The days of a grid of three nodes: deploys, a dead container, rolling updates, removals and a lost node. Ours, beside the same done
/// straight on the engines, and Docker Swarm over them.</summary>
internal sealed class LabBench(
    LabHosts hosts, PlatformClient platform, IReadOnlyList<SwarmClient> swarm, string net, string rowFilter, int runs, TimeProvider time)
{
    private const string Image = "kontena-lab/tiny:1";
    private const string WebImage = "kontena-lab/web:1";
    private const string Ours = "io.kontena.service.name=bench";
    private const string Bridge = "kontena-bench";

    /// <summary>Of these the one that suits a row best is what its floor does at once on each engine.</summary>
    private static readonly int[] Parallelism = [1, 2, 4, 8];
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(2);
    private int _perEngine = 2;
    private int _round;

    public async Task<IReadOnlyList<Row>> RunAsync(CancellationToken cancellationToken)
    {
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watcher = hosts.WatchAsync(watching.Token);
        foreach (var engine in hosts.Engines)
            await engine.CreateNetworkAsync(new NetworkConfig { Name = Bridge }, cancellationToken);
        foreach (var machine in swarm)
            await machine.ConfigureNetworkAsync(cancellationToken);
        await swarm[0].InitAsync($"{net}.11", cancellationToken);
        var token = await swarm[0].WorkerTokenAsync(cancellationToken);
        for (var host = 2; host <= swarm.Count; host++)
            await swarm[host - 1].JoinAsync($"{net}.{10 + host}", $"{net}.11", token, cancellationToken);

        await swarm[0].CreateNetworkAsync(cancellationToken);

        var rows = new List<Row>();
        foreach (var size in new[] { 30, 90 })
            await AddAsync(rows, $"deploy {size} over 3", () => FloorAsync(size), () => OursAsync(size), () => SwarmAsync(size));
        await AddAsync(rows, "scale 10 to 60", () => FloorScaleAsync(10, 60), () => OursScaleAsync(10, 60), () => SwarmScaleAsync(10, 60));
        await AddAsync(rows, "killed container replaced", FloorRestartAsync, OursRestartAsync, SwarmRestartAsync);
        foreach (var atOnce in new[] { 1, 10 })
            await AddAsync(rows, $"rolling 20 by {atOnce}", () => FloorRollAsync(20, atOnce), () => OursRollAsync(20, atOnce), () => SwarmRollAsync(20, atOnce));
        foreach (var size in new[] { 1, 100 })
            await AddAsync(rows, $"removal of {size}", () => FloorRemovalAsync(size), () => OursRemovalAsync(size), () => SwarmRemovalAsync(size));
        await AddAsync(rows, "lost node's 10 elsewhere", null, OursLossAsync, SwarmLossAsync);

        await watching.CancelAsync();
        await watcher;
        return rows;
    }

    private async Task AddAsync(List<Row> rows, string name, Func<Task<double>>? floor, Func<Task<double>> ours, Func<Task<double>> peer)
    {
        if (!name.Contains(rowFilter, StringComparison.Ordinal))
            return;
        if (floor is not null)
            await ChooseParallelismAsync(name, floor);
        List<double> floors = [], own = [], peers = [];
        for (var run = 1; run <= runs; run++)
        {
            Report.Progress(name, run, runs);
            // Interleaved, so that a slow minute of the machine hits all three alike.
            if (floor is not null)
                floors.Add(await floor());
            own.Add(await ours());
            peers.Add(await peer());
        }

        var row = new Row(name, "s", Row.Median(own), floor is null ? null : Row.Median(floors), Row.Median(peers));
        Console.WriteLine($"    ours {row.Ours:0.00} s, floor {row.Floor:0.00} s, swarm {row.Peer:0.00} s");
        rows.Add(row);
    }

    private async Task ChooseParallelismAsync(string name, Func<Task<double>> floor)
    {
        var best = (AtOnce: 0, Seconds: double.MaxValue);
        foreach (var atOnce in Parallelism)
        {
            _perEngine = atOnce;
            var seconds = await floor();
            if (seconds < best.Seconds)
                best = (atOnce, seconds);
        }

        _perEngine = best.AtOnce;
        Console.WriteLine($"  {name}: the floor does {_perEngine} at once on each engine");
    }

    // ---- straight on the engines ----

    private async Task<double> FloorAsync(int size)
    {
        var seconds = await hosts.UntilStartedAsync(size, IsFloor, () => CreateAllAsync(size));
        await RemoveFloorAsync();
        return seconds;
    }

    private async Task<double> FloorScaleAsync(int from, int to)
    {
        await CreateAllAsync(from);
        var seconds = await hosts.UntilStartedAsync(to - from, IsFloor, () => CreateAllAsync(to - from, first: from + 1));
        await RemoveFloorAsync();
        return seconds;
    }

    private async Task<double> FloorRestartAsync()
    {
        await CreateAllAsync(1);
        var (engine, container) = (await hosts.ListAsync(DeployBench.Label)).Single();
        var seconds = await hosts.UntilStartedAsync(1, IsFloor, async () =>
        {
            await hosts.KillAsync(engine, container.Id);
            while ((await engine.InspectContainerAsync(container.Id, CancellationToken.None))?.Running == true)
                await Task.Delay(TimeSpan.FromMilliseconds(5), time);
            await engine.StartContainerAsync(container.Id, CancellationToken.None);
        });
        await RemoveFloorAsync();
        return seconds;
    }

    private async Task<double> FloorRollAsync(int size, int atOnce)
    {
        await CreateAllAsync(size);
        var old = await hosts.ListAsync(DeployBench.Label);
        var seconds = await hosts.UntilStartedAsync(size, IsFloor, () => EachAsync(old, atOnce, async one =>
        {
            await one.Engine.RemoveContainerAsync(one.Container.Id, force: true, anonymousVolumes: true, CancellationToken.None);
            await CreateAsync(one.Engine, one.Container.Name + "-new");
        }));
        await RemoveFloorAsync();
        return seconds;
    }

    private async Task<double> FloorRemovalAsync(int size)
    {
        await CreateAllAsync(size);
        return await hosts.UntilGoneAsync(DeployBench.Label, RemoveFloorAsync);
    }

    private Task CreateAllAsync(int size, int first = 1) => EachAsync([.. Enumerable.Range(first, size)], hosts.Engines.Count * _perEngine,
        number => CreateAsync(hosts.Engines[number % hosts.Engines.Count], $"bench-{number}"));

    private static async Task CreateAsync(DockerEngineClient engine, string name)
    {
        var config = new ContainerConfig { Image = Image, NetworkMode = Bridge, Labels = new Dictionary<string, string> { [DeployBench.Label] = "floor" } };
        var created = await engine.CreateContainerAsync(name, config, CancellationToken.None);
        await engine.StartContainerAsync(created.Id, CancellationToken.None);
    }

    private async Task RemoveFloorAsync() => await EachAsync(await hosts.ListAsync(DeployBench.Label), hosts.Engines.Count * _perEngine, one =>
        one.Engine.RemoveContainerAsync(one.Container.Id, force: true, anonymousVolumes: true, CancellationToken.None));

    private static bool IsFloor(EngineEvent one) => one.Labels.GetValueOrDefault(DeployBench.Label) == "floor";

    private static Task EachAsync<T>(IReadOnlyList<T> items, int atOnce, Func<T, Task> work) => Parallel.ForEachAsync(
        items, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (item, _) => await work(item));

    // ---- ours ----

    private async Task<double> OursAsync(int size)
    {
        var seconds = await StartOursAsync(size);
        await RemoveOursAsync();
        return seconds;
    }

    private async Task<double> OursScaleAsync(int from, int to)
    {
        await StartOursAsync(from);
        await Task.Delay(Settling, time);
        var seconds = await hosts.UntilStartedAsync(to - from, IsOurs, () => platform.ScaleAsync("bench", to, CancellationToken.None));
        await RemoveOursAsync();
        return seconds;
    }

    private async Task<double> OursRestartAsync()
    {
        await StartOursAsync(1);
        await Task.Delay(Settling, time);
        var (engine, container) = (await hosts.ListAsync(Ours)).Single();
        var seconds = await hosts.UntilStartedAsync(1, IsOurs, () => hosts.KillAsync(engine, container.Id));
        await RemoveOursAsync();
        return seconds;
    }

    private async Task<double> OursRollAsync(int size, int atOnce)
    {
        await StartOursAsync(size, WebImage, waitForPort: 80, minHealth: 1 - (double)atOnce / size);
        await Task.Delay(Settling, time);
        var seconds = await hosts.UntilStartedAsync(size, IsOurs, () => platform.DeployAsync("bench", CancellationToken.None, force: true));
        await RemoveOursAsync();
        return seconds;
    }

    private async Task<double> OursRemovalAsync(int size)
    {
        await StartOursAsync(size);
        await Task.Delay(Settling, time);
        return await hosts.UntilGoneAsync(Ours, () => platform.RemoveAsync("bench", CancellationToken.None));
    }

    private async Task<double> OursLossAsync()
    {
        await StartOursAsync(30);
        await Task.Delay(TimeSpan.FromSeconds(15), time);           // a service that was just changed is left alone for a moment
        var lost = await hosts.Engines[2].ListContainersAsync([Ours], CancellationToken.None);
        var seconds = await hosts.UntilStartedAsync(lost.Count, IsOurs, () => hosts.SwitchAsync("kill", "3"));
        await hosts.SwitchAsync("up", "3");
        await RemoveOursAsync();
        return seconds;
    }

    private async Task<double> StartOursAsync(int size, string image = Image, int? waitForPort = null, double? minHealth = null)
    {
        await platform.CreateServiceAsync("bench", image, size, CancellationToken.None, waitForPort, minHealth);
        return await hosts.UntilStartedAsync(size, IsOurs, () => platform.DeployAsync("bench", CancellationToken.None));
    }

    private Task<double> RemoveOursAsync() => hosts.UntilGoneAsync(Ours, () => platform.RemoveAsync("bench", CancellationToken.None));

    private static bool IsOurs(EngineEvent one) => one.Labels.GetValueOrDefault("io.kontena.service.name") == "bench";

    // ---- Docker Swarm ----

    private async Task<double> SwarmAsync(int size)
    {
        var (name, seconds) = await StartSwarmAsync(size);
        await RemoveSwarmAsync(name);
        return seconds;
    }

    private async Task<double> SwarmScaleAsync(int from, int to)
    {
        var (name, _) = await StartSwarmAsync(from);
        await Task.Delay(Settling, time);
        var seconds = await hosts.UntilStartedAsync(
            to - from, one => IsSwarm(one, name), () => swarm[0].ScaleAsync(name, to, CancellationToken.None));
        await RemoveSwarmAsync(name);
        return seconds;
    }

    private async Task<double> SwarmRestartAsync()
    {
        var (name, _) = await StartSwarmAsync(1);
        await Task.Delay(Settling, time);
        var (engine, container) = (await hosts.ListAsync($"{DeployBench.Label}={name}")).Single();
        var seconds = await hosts.UntilStartedAsync(1, one => IsSwarm(one, name), () => hosts.KillAsync(engine, container.Id));
        await RemoveSwarmAsync(name);
        return seconds;
    }

    private async Task<double> SwarmRollAsync(int size, int atOnce)
    {
        var (name, _) = await StartSwarmAsync(size, WebImage);
        await Task.Delay(Settling, time);
        var seconds = await hosts.UntilStartedAsync(size, one => IsSwarm(one, name), () => swarm[0].RollAsync(name, atOnce, CancellationToken.None));
        await RemoveSwarmAsync(name);
        return seconds;
    }

    private async Task<double> SwarmRemovalAsync(int size)
    {
        var (name, _) = await StartSwarmAsync(size);
        await Task.Delay(Settling, time);
        return await hosts.UntilGoneAsync($"{DeployBench.Label}={name}", () => swarm[0].RemoveServiceAsync(name, CancellationToken.None));
    }

    private async Task<double> SwarmLossAsync()
    {
        var (name, _) = await StartSwarmAsync(30);
        await Task.Delay(Settling, time);
        var lost = await hosts.Engines[2].ListContainersAsync([$"{DeployBench.Label}={name}"], CancellationToken.None);
        var seconds = await hosts.UntilStartedAsync(lost.Count, one => IsSwarm(one, name), () => hosts.SwitchAsync("kill", "3"));
        await hosts.SwitchAsync("up", "3");
        await RemoveSwarmAsync(name);
        await swarm[0].UntilReadyAsync(swarm.Count, time, CancellationToken.None);
        return seconds;
    }

    private async Task<(string Name, double Seconds)> StartSwarmAsync(int size, string image = Image)
    {
        var name = $"bench-{++_round}";
        var seconds = await hosts.UntilStartedAsync(
            size, one => IsSwarm(one, name), () => swarm[0].CreateServiceAsync(name, image, size, CancellationToken.None));
        return (name, seconds);
    }

    private Task<double> RemoveSwarmAsync(string name) =>
        hosts.UntilGoneAsync($"{DeployBench.Label}={name}", () => swarm[0].RemoveServiceAsync(name, CancellationToken.None));

    private static bool IsSwarm(EngineEvent one, string name) => one.Labels.GetValueOrDefault(DeployBench.Label) == name;
}
