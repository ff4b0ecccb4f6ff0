using System.Collections.Concurrent;
using Kontena.Contracts.Exec;
using Kontena.Docker;
using Kontena.Hosting.Bus;
using Kontena.NodeAgent.Instances;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Exec;

/// <summary>The exec sessions on this node: opened, fed and ended by messages on the data connection (runtime.md §3.18).</summary>
internal sealed class ExecSessions(
    IContainerEngine engine, InstanceSupervisor supervisor, IDataBus bus, TimeProvider time, ILogger<ExecSessions> logger) : BackgroundService
{
    public const int MaxSessions = 50;
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<string, ExecSession> _sessions = new(StringComparer.Ordinal);

    /// <summary>Begins a session; its outcome, also a refusal, goes to <see cref="OpenExec.ReplyTo"/>.</summary>
    public void Open(OpenExec open)
    {
        var session = new ExecSession(open, engine, bus, time, logger);
        if (!_sessions.TryAdd(open.SessionId, session))
            return; // The same message again.
        _ = RunAsync(session, Refusal(open));
    }

    /// <summary>Hands input on. Input of a session that is not here (any more) is dropped.</summary>
    public void Input(ExecInput input)
    {
        if (_sessions.TryGetValue(input.SessionId, out var session))
            session.Feed(input);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Sweep, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var session in _sessions.Values.Where(session => session.IsAbandoned()))
                    session.End($"nothing was typed or printed for {ExecSession.IdleLimit.TotalMinutes:0} minutes, or nothing typed for {ExecSession.SilentLimit.TotalHours:0} hours");
            }
        }
        finally
        {
            foreach (var session in _sessions.Values)
                session.End("the node-agent stops");
        }
    }

    private string? Refusal(OpenExec open)
    {
        if (_sessions.Count > MaxSessions)
            return $"this node has {MaxSessions} exec sessions already; close one and try again";
        if (open.Cmd.Count == 0)
            return "no command was given";
        // The broker lets the api name any container; only those of this platform's instances are entered.
        return supervisor.Workers.Any(worker => worker.Containers.Any(container => container.Id == open.ContainerId))
            ? null
            : $"container {open.ContainerId} is not an instance on this node (any more); list the containers and try again";
    }

    private async Task RunAsync(ExecSession session, string? refusal)
    {
        try
        {
            await session.RunAsync(refusal);
        }
        finally
        {
            _sessions.TryRemove(session.Id, out _);
            session.Dispose();
        }
    }
}
