using Kontena.Contracts.Deploys;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Simulation.Tests.Time;

namespace Kontena.Simulation.Tests.Workload;

/// <summary>What people do with a grid, at random: make, change, scale, stop, start, deploy and remove services and stacks, drain nodes.</summary>
internal sealed class People(World world, Client client)
{
    private const string Alone = Service.NoStack;
    private static readonly string[] Names = ["web", "api", "db", "lb", "cache", "queue", "cron"];
    private static readonly string[] StackNames = ["shop", "blog"];
    private static readonly string[] StackServices = ["front", "back", "store", "migrate"];

    private readonly Dice _dice = world.Dice.Fork();
    private int _versions;

    public long Operations { get; private set; }

    /// <summary>They still ask for things.</summary>
    public bool IsPuttingRight { get; private set; }

    /// <summary>One thing, begun now.</summary>
    public void Act()
    {
        Operations++;
        client.Process.After(TimeSpan.Zero, () => _ = world.WatchAsync(client.Process, ActAsync()));
    }

    /// <summary>What people themselves have broken is put right: images that work, nothing drained.</summary>
    /// <param name="attended">Also deploys again what failed, instead of leaving that to the scheduler.</param>
    public void PutRight(bool attended)
    {
        IsPuttingRight = true;
        client.Process.After(TimeSpan.Zero, () => _ = world.WatchAsync(client.Process, PutRightAsync(attended)));
    }

    private async Task ActAsync()
    {
        switch (_dice.Below(26))
        {
            case < 4:
                await CreateAsync();
                break;
            case < 7:
                await UpdateAsync();
                break;
            case < 10:
                await ScaleAsync();
                break;
            case 10:
                await SetAsync(ServiceState.Stopped);
                break;
            case 11:
                await SetAsync(ServiceState.Running);
                break;
            case 12:
                if (Any() is { } deployed)
                    await client.DeployAsync(deployed.Stack, deployed.Name, force: _dice.Chance(0.3));
                break;
            case 13:
                if (AnyAlone() is { } removed)
                    await client.ManageAsync(new RemoveService { Grid = World.Grid, Stack = removed.Stack, Service = removed.Name });
                break;
            case 14:
                if (Any() is { } restarted)
                    await client.ScheduleAsync(new RestartService { Grid = World.Grid, Stack = restarted.Stack, Service = restarted.Name });
                break;
            case 15 or 16:
                await StackAsync();
                break;
            case 17:
                await DrainAsync();
                break;
            case 18:
                await ReleaseAsync();
                break;
            case 19:
                await client.ScheduleAsync(new RebalanceGrid { Grid = World.Grid });
                break;
            case 20:
                if (world.State.Unfinished.Values.ToList() is { Count: > 0 } open && _dice.Pick(open) is var cancelled)
                    await client.ScheduleAsync(new CancelDeploy { Grid = World.Grid, Stack = cancelled.Stack, Service = cancelled.Service, By = "ann" });
                break;
            case 21 or 22:
                await RunAsync();
                break;
            case 23:
                await StopRunAsync();
                break;
            default:
                await UndrainAsync();
                break;
        }
    }

    private async Task RunAsync()
    {
        if (Any() is not { } service)
            return;
        var asScheduled = service.Spec.Schedule is not null && _dice.Chance(0.5);
        await client.ScheduleAsync(new StartRun
        {
            Grid = World.Grid, Stack = service.Stack, Service = service.Name, AsScheduled = asScheduled,
            Timeout = _dice.Below(50) + 10, Keep = !asScheduled && _dice.Chance(0.2),
        });
    }

    private async Task StopRunAsync()
    {
        if (world.State.Runs.Known.Where(run => !ServiceRun.IsEnded(run.State)).ToList() is { Count: > 0 } going)
            await client.ScheduleAsync(new StopRun { Grid = World.Grid, RunId = _dice.Pick(going).Id, By = "ann" });
    }

    private async Task CreateAsync()
    {
        var name = _dice.Chance(0.2) ? "job" : _dice.Pick(Names);
        if ((await client.ManageAsync(new CreateService { Grid = World.Grid, Request = Request(name) }))?.CreatedId is not null)
            await client.DeployAsync(Alone, name);
    }

    private async Task UpdateAsync()
    {
        if (Any() is not { } service)
            return;
        var request = new ServiceRequest { Image = Images.Any(_dice), Env = [$"VERSION={++_versions}"] };
        var answer = await client.ManageAsync(new UpdateService { Grid = World.Grid, Stack = service.Stack, Service = service.Name, Request = request });
        if (answer is not null && _dice.Chance(0.7))
            await client.DeployAsync(service.Stack, service.Name);
    }

    private async Task ScaleAsync()
    {
        // Each instance of a service with ports needs a node of its own.
        if (Any() is { Spec: { Strategy: not "daemon", Ports.Count: 0, Schedule: null, RunAtDeploy: false } } service)
            await client.DeployAsync(service.Stack, service.Name, instances: _dice.Below(service.Spec.Stateful ? 3 : 6) + 1);
    }

    private async Task SetAsync(ServiceState state)
    {
        if (Any() is { } service)
            await client.ManageAsync(new SetServiceState { Grid = World.Grid, Stack = service.Stack, Service = service.Name, State = state });
    }

    private async Task StackAsync()
    {
        var name = _dice.Pick(StackNames);
        if (!world.State.Stacks.ContainsKey(name))
            await client.ManageAsync(new CreateStack { Grid = World.Grid, Request = StackRequest(name) });
        else if (_dice.Chance(0.2))
            await client.ManageAsync(new RemoveStack { Grid = World.Grid, Stack = name });
        else
            await client.ManageAsync(new UpdateStack { Grid = World.Grid, Stack = name, Request = StackRequest(name) });
        if (world.State.Stacks.TryGetValue(name, out var stack) && stack.RemovedAt is null)
            await client.DeployStackAsync(name);
    }

    private async Task DrainAsync()
    {
        var active = world.State.Nodes.Values.Where(node => node.Availability == NodeAvailability.Active).ToList();
        if (active.Count > 1)
            await client.ManageAsync(new UpdateNode { Grid = World.Grid, Node = _dice.Pick(active).Name, Availability = "drain" });
    }

    private async Task UndrainAsync()
    {
        foreach (var node in world.State.Nodes.Values.Where(node => node.Availability == NodeAvailability.Drain).ToList())
            await client.ManageAsync(new UpdateNode { Grid = World.Grid, Node = node.Name, Availability = "active" });
    }

    private async Task ReleaseAsync()
    {
        var placed = world.State.Instances.Values.Where(one => one is { Node: not null, Desired: not DesiredState.Removed }).ToList();
        if (placed.Count == 0)
            return;
        var instance = _dice.Pick(placed);
        world.Ground.Released(instance);
        await client.ScheduleAsync(new ReleaseInstance { Grid = World.Grid, InstanceId = instance.Id });
        if (instance.Spec?.Stateful == true)
            await client.DeployAsync(instance.Stack, instance.Service);
    }

    private async Task PutRightAsync(bool attended)
    {
        // What is asked for at once may overtake the announcement that the nodes take work again.
        await UndrainAsync();
        await Task.Delay(TimeSpan.FromSeconds(2), client.Process.Clock, CancellationToken.None);
        foreach (var service in world.State.Services.Values.Where(one => one.RemovedAt is null).ToList())
        {
            var isGood = Images.IsGood(service.Spec.Image);
            if (!isGood)
            {
                var request = new ServiceRequest { Image = Images.Good(_dice) };
                await client.ManageAsync(new UpdateService { Grid = World.Grid, Stack = service.Stack, Service = service.Name, Request = request });
            }

            // Stateful services are never deployed without being asked, nor is what somebody cancelled.
            if (service.State == ServiceState.Running && (!isGood || service.Spec.Stateful || WasCancelled(service) || (attended && HasFailed(service))))
                await client.DeployAsync(service.Stack, service.Name);
        }

        foreach (var service in world.State.Services.Values.Where(one => one is { RemovedAt: null, Spec.RunAtDeploy: true }).ToList())
            await CompleteAsync(service);
        IsPuttingRight = false;
    }

    // What others wait for is tried again by nobody but people.
    private async Task CompleteAsync(Service service)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            // What takes instances of before down runs nothing.
            var newest = world.State.Runs.Known.Where(run => run.DeployId is not null && run.ServiceUid == service.Uid).MaxBy(run => run.CreatedAt);
            if (world.State.Services.GetValueOrDefault(Service.DocumentId(service.Stack, service.Name)) is not { State: var state, RemovedAt: null, Revision: var revision }
                || (newest is { State: RunState.Succeeded } && newest.ServiceRevision == revision && state == ServiceState.Running))
            {
                return;
            }

            await client.DeployAsync(service.Stack, service.Name);
            while (world.State.Unfinished.Values.Any(one => one.ServiceUid == service.Uid))
                await Task.Delay(TimeSpan.FromSeconds(1), client.Process.Clock, CancellationToken.None);
        }
    }

    private bool HasFailed(Service service) => DeploysOf(service).LastOrDefault()?.State == DeployState.Error;

    private bool WasCancelled(Service service) => DeploysOf(service).Any(one => one.Cancellation is not null);

    private IEnumerable<ServiceDeploy> DeploysOf(Service service) => world.State.Deploys.Values.Where(one => one.ServiceUid == service.Uid);

    private Service? Any() => Pick(world.State.Services.Values.Where(one => one.RemovedAt is null));

    private Service? AnyAlone() => Pick(world.State.Services.Values.Where(one => one is { RemovedAt: null, Stack: Alone }));

    private Service? Pick(IEnumerable<Service> among) => among.ToList() is { Count: > 0 } list ? _dice.Pick(list) : null;

    private ServiceRequest Request(string name) => name switch
    {
        "db" or "store" => new ServiceRequest { Name = name, Image = Images.Any(_dice), Stateful = true, Instances = _dice.Below(2) + 1 },
        "lb" => new ServiceRequest
        {
            Name = name, Image = Images.Any(_dice), Stateful = false, Strategy = "daemon", Ports = [new PortRequest { ContainerPort = 80, NodePort = 80 }],
        },
        "cron" => new ServiceRequest
        {
            Name = name, Image = Images.Any(_dice), Stateful = false, Instances = 1, Ports = [new PortRequest { ContainerPort = 80, NodePort = 8080 }],
        },
        "job" => new ServiceRequest
        {
            Name = name, Image = Images.Any(_dice), Stateful = false,
            DeployOpts = new DeployOptsRequest
            {
                Schedule = _dice.Pick(["* * * * *", "*/2 * * * *", "*/5 * * * *"]), Concurrency = _dice.Pick(["forbid", "allow", "replace"]),
                StartingDeadline = _dice.Pick([30, 300]), History = _dice.Below(3) + 1,
            },
        },
        "migrate" => new ServiceRequest { Name = name, Image = Images.Any(_dice), Stateful = false },
        "queue" => new ServiceRequest { Name = name, Image = Images.Any(_dice), Stateful = false, Strategy = "random", Instances = _dice.Below(4) + 1 },
        _ => new ServiceRequest
        {
            Name = name, Image = Images.Any(_dice), Stateful = false, Instances = _dice.Below(5) + 1,
            DeployOpts = new DeployOptsRequest { MinHealth = _dice.Pick([0.0, 0.5, 0.8, 1.0]), Order = _dice.Chance(0.4) ? "start-first" : null },
        },
    };

    private StackRequest StackRequest(string name)
    {
        var names = StackServices.Where(_ => _dice.Chance(0.8)).DefaultIfEmpty("front").ToList();
        return StackRequest(name, [.. names.Select(Request).Select(one => one.Name == "front" && names.Contains("migrate")
            ? one with { DependsOn = [new DependencyRequest("migrate", "completed")] }
            : one)]);
    }

    private StackRequest StackRequest(string name, IReadOnlyList<ServiceRequest> services) => new()
    {
        Stack = "acme/" + name,
        Version = $"1.{++_versions}",
        Name = name,
        Source = "source",
        Services = services,
    };
}
