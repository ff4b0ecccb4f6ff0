using Kontena.Cli.Api;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Deploys;

/// <summary>Follows a stack deploy through its services to its end (cli.md §8.7).</summary>
internal sealed class StackDeployWatch(CommandRun run)
{
    /// <summary>Asks for the deploy and, if wanted, waits for its end. Throws the failure with its reasons.</summary>
    public async Task DeployAsync(string grid, string stack, bool wait)
    {
        var deploy = await run.Progress.RunAsync($"Triggering deployment of stack {stack}", _ => run.Api.PostAsync(
            $"{ApiPaths.Stack(grid, stack)}/deploy", KontenaResponseJson.Default.StackDeployJson, CancellationToken.None));
        if (!wait) return;

        using var interrupt = run.Terminal.CatchInterrupt();
        try
        {
            await FollowAsync(deploy, stack, interrupt.Token);
        }
        catch (OperationCanceledException)
        {
            run.Say($"The deploy of stack {stack} goes on. Follow it with: kontena stack show {stack}, kontena stack logs -f {stack}");
            throw;
        }
    }

    private async Task FollowAsync(StackDeployJson deploy, string stack, CancellationToken cancellationToken)
    {
        var path = $"stacks/{ApiPaths.Id(deploy.StackId)}/deploys/{deploy.Id}";
        var polling = new Polling(run.Context);
        CliException Late() => new(
            $"deploy timed out: stack {stack} has not finished in {Polling.Limit.TotalSeconds:0} s",
            remedy: $"It goes on. Look with: kontena stack show {stack}");
        Task<StackDeployJson> Read(CancellationToken token) => run.Api.GetAsync(path, KontenaResponseJson.Default.StackDeployJson, token);

        if (deploy.State == "created")
        {
            deploy = await run.Progress.RunAsync("Waiting for deployment to start", step => polling.UntilAsync(
                async token => await Read(token) is { State: not "created" } started ? started : null, Late, step, cancellationToken));
        }

        var watch = new ServiceDeployWatch(run);
        var followed = new HashSet<string>();
        var waits = new HashSet<string>();
        var failed = new List<ServiceDeployJson>();
        while (true)
        {
            foreach (var service in deploy.ServiceDeploys)
            {
                if (!followed.Add(service.Id)) continue;
                var ended = await FollowServiceAsync(watch, service, cancellationToken);
                if (ended.State == "error") failed.Add(ended);
            }

            if (deploy.State is "success" or "error") break;
            deploy = await polling.UntilAsync(
                async token =>
                {
                    var now = await Read(token);
                    // What the next service waits for; the reason of a failure is told at the end.
                    if (now is { State: "ongoing", Reason: { Length: > 0 } waiting } && waits.Add(waiting)) run.Say($"  {waiting}");
                    return now.State is "success" or "error" || now.ServiceDeploys.Any(service => !followed.Contains(service.Id)) ? now : null;
                },
                Late,
                step: null,
                cancellationToken);
        }

        if (failed.Count > 0 || deploy.State == "error") throw await FailureAsync(deploy, failed, stack, cancellationToken);
    }

    private Task<ServiceDeployJson> FollowServiceAsync(ServiceDeployWatch watch, ServiceDeployJson deploy, CancellationToken cancellationToken)
    {
        var title = $"Deploying service {ServiceDeployWatch.Short(deploy.ServiceId)}";
        return run.Progress.RunAsync(title, async step =>
        {
            var ended = await watch.UntilEndedAsync(deploy, step, title, cancellationToken);
            step.Outcome = ended.State == "error" ? "fail" : "done";
            return ended;
        });
    }

    private async Task<CliException> FailureAsync(
        StackDeployJson deploy, List<ServiceDeployJson> failed, string stack, CancellationToken cancellationToken)
    {
        var details = new List<string>();
        foreach (var service in failed)
        {
            details.Add($"Deployment of service {service.ServiceId} failed:");
            details.Add($"  - {DeployFailure.Reason(service)}");
            details.AddRange(DeployFailure.InstanceLines(service, run.Context.ErrorPaint));
            details.AddRange(await DeployFailure.LastWordsAsync(run.Api, service, cancellationToken));
        }

        // The stack's reason repeats those of its services.
        var reason = failed.Count == 0 && deploy.Reason is { Length: > 0 } text ? $": {text}" : "";
        return new CliException(
            $"Stack deploy failed{reason}", details, $"The stack stays installed. More: kontena stack logs {stack}. After a repair: kontena stack upgrade {stack} FILE, or only kontena stack deploy {stack}. To give up: kontena stack rm {stack}");
    }
}
