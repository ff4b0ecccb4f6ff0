using Kontena.Cli.Deploys;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Services;

/// <summary>What deploy and scale share: ask for a deploy, wait for its end, and say what failed.</summary>
internal static class ServiceDeploying
{
    public static async Task<int> RunAsync(CommandRun run, string name, string verb, bool wait, Func<Task<ServiceDeployJson>> start)
    {
        var title = $"{verb} service {name}";
        if (!wait)
        {
            await run.Progress.RunAsync(title, _ => start());
            run.Next($"kontena service show {name}");
            return Exit.Done;
        }

        using var interrupt = run.Terminal.CatchInterrupt();
        var watch = new ServiceDeployWatch(run);
        ServiceDeployJson ended;
        try
        {
            ended = await run.Progress.RunAsync(title, async step =>
            {
                var deploy = await watch.UntilEndedAsync(await start(), step, title, interrupt.Token);
                step.Outcome = deploy.State == "error" ? "fail" : "done";
                return deploy;
            });
        }
        catch (OperationCanceledException)
        {
            run.Say($"The deploy of service {name} goes on. Follow it with: kontena service show {name}, kontena service logs -f {name}");
            throw;
        }

        if (ended.State == "error") throw await watch.FailureAsync(ended, CancellationToken.None);
        run.Next($"kontena service show {name}");
        return Exit.Done;
    }
}
