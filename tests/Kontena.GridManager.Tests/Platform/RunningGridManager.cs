using System.Collections.Concurrent;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Events;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Registries;
using Kontena.Hosting;
using Kontena.Hosting.Bus;
using Kontena.State;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Kontena.GridManager.Tests.Platform;

/// <summary>The whole module over SQLite and the in-memory bus, with somebody listening in the scheduler's and a node's place.</summary>
internal sealed class RunningGridManager : IAsyncDisposable
{
    public const string Token = "a-token-for-the-tests";
    private readonly WebApplication _application;
    private readonly string _directory;

    private RunningGridManager(WebApplication application, string directory) => (_application, _directory) = (application, directory);

    public IStateStore Store => _application.Services.GetRequiredService<IStateStore>();

    public IControlBus Bus => _application.Services.GetRequiredService<IControlBus>();

    public Mail Mail => _application.Services.GetRequiredService<Mail>();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static Task<RunningGridManager> StartAsync(string? directory = null, params string[] settings) =>
        StartAsync(directory, settings, _ => { });

    /// <summary>For tests that judge silence themselves, on a clock of their own.</summary>
    public static Task<RunningGridManager> StartWithoutLivenessAsync() => StartAsync(null, [], services =>
        services.Remove(services.Single(one => one.ImplementationType == typeof(Kontena.GridManager.Nodes.Liveness.LivenessLoop))));

    private static async Task<RunningGridManager> StartAsync(string? directory, string[] settings, Action<IServiceCollection> change)
    {
        directory ??= Directory.CreateTempSubdirectory("kontena-grid-manager-").FullName;
        var builder = KontenaApplicationBuilder.Create("grid-manager",
            [$"--Kontena:DataDirectory={directory}", "--Kontena:Grid:Name=prod", $"--Kontena:Grid:Token={Token}", .. settings]);
        builder.AddGridManager();
        builder.Services.AddSingleton<Mail>();
        change(builder.Services);
        builder.AddControlEndpoint(new BusEndpoint(Queues.SchedulerShardOf("prod")) { Consumers = [typeof(SchedulerInstead)] });
        builder.AddControlEndpoint(new BusEndpoint("readers-of-events") { Consumers = [typeof(ReaderOfEvents)], Bindings = [new(Queues.Events, "#")], Bare = true });
        for (var node = 0; node < 25; node++)
            builder.AddControlEndpoint(new BusEndpoint(Queues.Node($"ID:{node}")) { Consumers = [typeof(NodeInstead)] });
        foreach (var run in new[] { "run1", "run2" })
            builder.AddControlEndpoint(new BusEndpoint(Queues.NodeJoin("ID:1", run)) { Consumers = [typeof(NodeInstead)], Temporary = true });
        var application = builder.Build();
        await application.StartAsync(Cancelled);
        await application.Services.GetRequiredService<Kontena.GridManager.Grids.FirstGrid>().Settled.WaitAsync(Cancelled);
        return new RunningGridManager(application, directory);
    }

    public Task<CommandResult> AskAsync<TCommand>(TCommand command)
        where TCommand : class => AskAsync<TCommand, CommandResult>(command);

    public Task<TReply> AskAsync<TCommand, TReply>(TCommand command)
        where TCommand : class
        where TReply : class => Bus.AskAsync<TCommand, TReply>(Destination.GridManager, command, TimeSpan.FromSeconds(20), Cancelled);

    public Task ReportAsync<TReport>(string kind, string grid, TReport report)
        where TReport : class => Bus.SendAsync(Destination.Report(grid, kind), report, Cancelled);

    /// <summary>Stops, keeping what is on disk.</summary>
    public async Task<string> StopAsync()
    {
        await _application.StopAsync(Cancelled);
        await _application.DisposeAsync();
        return _directory;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_directory, recursive: true);
    }
}

/// <summary>What arrived at the scheduler and at nodes.</summary>
internal sealed class Mail
{
    private readonly ConcurrentQueue<object> _all = new();

    public IEnumerable<T> Of<T>() => _all.OfType<T>();

    public void Put(object message) => _all.Enqueue(message);

    /// <summary>Waits until a message of this kind has come.</summary>
    public async Task<T> WaitAsync<T>(Func<T, bool> wanted)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (Of<T>().FirstOrDefault(wanted) is { } found)
                return found;
            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(20), $"no such {typeof(T).Name} within 20 s");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}

internal sealed class SchedulerInstead(Mail mail) : IConsumer<GridFactChanged>
{
    public Task Consume(ConsumeContext<GridFactChanged> context)
    {
        mail.Put(context.Message);
        return Task.CompletedTask;
    }
}

internal sealed class ReaderOfEvents(Mail mail) : IConsumer<CloudEvent>
{
    public Task Consume(ConsumeContext<CloudEvent> context)
    {
        mail.Put(context.Message);
        return Task.CompletedTask;
    }
}

internal sealed class NodeInstead(Mail mail) : IConsumer<NodeJoined>, IConsumer<JoinRefused>, IConsumer<ReportFacts>, IConsumer<RegistryLoginTold>, IConsumer<ApplyInstance>
{
    public Task Consume(ConsumeContext<NodeJoined> context) => Put(context.Message);

    public Task Consume(ConsumeContext<JoinRefused> context) => Put(context.Message);

    public Task Consume(ConsumeContext<ReportFacts> context) => Put(context.Message);

    public Task Consume(ConsumeContext<RegistryLoginTold> context) => Put(context.Message);
    public Task Consume(ConsumeContext<ApplyInstance> context) => Put(context.Message);

    private Task Put(object message)
    {
        mail.Put(message);
        return Task.CompletedTask;
    }
}
