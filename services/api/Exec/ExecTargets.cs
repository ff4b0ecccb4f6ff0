using Kontena.Api.Containers;
using Kontena.Api.Http;
using Kontena.Api.Nodes;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Audit;
using Kontena.Hosting.Bus;
using Kontena.State;

namespace Kontena.Api.Exec;

/// <summary>Finds the container to run in and keeps an eye on its node meanwhile.</summary>
internal sealed class ExecTargets(SnapshotReader reader, Commands commands, ExecProcess process, IDataBus bus, TimeProvider time)
{
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(2);
    private const int GapsBeforeLost = 5;

    /// <exception cref="HttpRefusal">404, or 503 when its node is away.</exception>
    public async Task<Func<ExecSession, ExecTarget>> FindAsync(string grid, string node, string name, CancellationToken cancellationToken)
    {
        var snapshot = await reader.WholeAsync(await reader.GridAsync(grid, cancellationToken), cancellationToken);
        var observed = ContainerEndpoints.Find(snapshot, node, name).Observed;
        if (await reader.WhyAwayAsync(grid, observed.Node, cancellationToken) is { } reason)
            throw HttpRefusal.Away(reason);
        return session =>
        {
            session.NodeId = observed.NodeId;
            return new ExecTarget(grid, observed.Node, observed.NodeId, observed.ContainerId!, session, process, bus);
        };
    }

    /// <summary>Somebody is about to run a command there: what can't be written down is not run.</summary>
    /// <exception cref="HttpRefusal">503: grid-manager does not answer.</exception>
    public Task NoteAsync(string grid, string node, string name, bool interactive, CancellationToken cancellationToken) =>
        commands.AskGridManagerAsync(new NoteExec { Grid = grid, Node = node, Container = name, Interactive = interactive }, cancellationToken);

    /// <summary>Ends the session when its node goes away or a part of the output stays missing; returns when the session has ended.</summary>
    public async Task WatchAsync(ExecTarget target, ExecSession session, CancellationToken cancellationToken)
    {
        var gaps = 0;
        while (true)
        {
            await Task.Delay(Watch, time, cancellationToken);
            try
            {
                if (await reader.WhyAwayAsync(target.Grid, target.Node, cancellationToken) is { } reason)
                    session.End(new ExecEvent.Failed(reason));
            }
            catch (StateUnavailableException)
            {
                // Says nothing of the node: the session does not need the store, and the next look may find it again.
            }

            gaps = session.HasGap ? gaps + 1 : 0;
            if (gaps >= GapsBeforeLost)
                session.End(new ExecEvent.Failed("a part of the output did not arrive"));
        }
    }
}
