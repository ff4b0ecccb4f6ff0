using Kontena.Contracts.Commands;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Simulation.Tests.Platform;
using Kontena.Simulation.Tests.Time;

namespace Kontena.Simulation.Tests.Workload;

/// <summary>The api's part: sends commands to their queues, waits for the answer, and gives up like it.</summary>
internal sealed class Client
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly World _world;
    private readonly BusLink _bus;

    public Client(World world)
    {
        _world = world;
        Process = world.NewProcess("client");
        _bus = new BusLink(world, Process);
    }

    public SimProcess Process { get; }

    /// <summary>Null: no answer; it may have been carried out, and may yet be.</summary>
    public async Task<CommandResult?> ManageAsync(object command) => await AskAsync(Destination.GridManager, command) as CommandResult;

    public async Task<CommandResult?> ScheduleAsync(object command) => await AskAsync(Destination.Scheduler(World.Grid), command) as CommandResult;

    public async Task DeployAsync(string stack, string service, int? instances = null, bool force = false)
    {
        var state = new SetServiceState
        {
            Grid = World.Grid, Stack = stack, Service = service, State = ServiceState.Running, Instances = instances, BumpRevision = force,
        };
        if ((await ManageAsync(state))?.Outcome == CommandOutcome.Done)
            await ScheduleAsync(new DeployService { Grid = World.Grid, Stack = stack, Service = service });
    }

    public async Task DeployStackAsync(string stack)
    {
        if (await AskAsync(Destination.GridManager, new ApplyStackRevision { Grid = World.Grid, Stack = stack }) is StackRevisionApplied { Result.Outcome: CommandOutcome.Done } applied)
            await ScheduleAsync(new DeployStack { Grid = World.Grid, Stack = stack, Services = applied.Services });
    }

    private Task<object?> AskAsync(Destination destination, object command)
    {
        var answered = new TaskCompletionSource<object?>();
        _world.Trace.Note(Process, "asks", command.GetType().Name, command);
        Process.After(Patience, () => answered.TrySetResult(null));
        _world.Broker.Publish(
            _bus, destination, command,
            confirmed =>
            {
                if (!confirmed)
                    answered.TrySetResult(null);
            },
            // The answer goes the same way, and may get lost on it.
            answer => Process.After(TimeSpan.FromMilliseconds(1), () =>
            {
                if (_bus.IsConnected)
                    answered.TrySetResult(answer);
            }));
        return answered.Task;
    }
}
