using Kontena.Contracts.Jobs;

namespace Kontena.Scheduler.Jobs;

/// <summary>Which ended runs are forgotten: of each service the newest are kept, those that people asked for, those of its deploys, those of its schedule and skipped ticks each for themselves. Pure.</summary>
internal static class RunHistory
{
    /// <param name="historyOf">How many runs of its schedule the service of a run keeps; 0 for a service that is gone: then none of its runs is kept.</param>
    public static IReadOnlyList<ServiceRun> Surplus(IEnumerable<ServiceRun> runs, Func<ServiceRun, int> historyOf) =>
    [
        .. runs
            .Where(run => ServiceRun.IsEnded(run.State))
            .GroupBy(run => (run.ServiceUid, IsAsked: run.Cause == RunCause.Person, IsOfDeploy: run.DeployId is not null, IsSkipped: run.State == RunState.Skipped))
            .SelectMany(of => of
                .OrderByDescending(run => run.CreatedAt).ThenByDescending(run => run.Id, StringComparer.Ordinal)
                .Skip(Kept(historyOf(of.First()), of.Key.IsAsked)))
            .OrderBy(run => run.Id, StringComparer.Ordinal),
    ];

    private static int Kept(int history, bool isAsked) => history == 0 ? 0 : isAsked ? ServiceRun.Kept : history;
}
