using Kontena.Cli.Api;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Deploys;

/// <summary>Follows one service deploy to its end, saying each instance as it changes.</summary>
internal sealed class ServiceDeployWatch(CommandRun run)
{
    /// <summary>The deploy as it ended, in success or error. Ctrl-C cancels the waiting, not the deploy.</summary>
    public async Task<ServiceDeployJson> UntilEndedAsync(ServiceDeployJson deploy, ProgressStep step, string title, CancellationToken cancellationToken)
    {
        var said = new HashSet<string>();
        var path = $"services/{ApiPaths.Id(deploy.ServiceId)}/deploys/{deploy.Id}";
        return await new Polling(run.Context).UntilAsync(
            async token =>
            {
                var now = await run.Api.GetAsync(path, KontenaResponseJson.Default.ServiceDeployJson, token);
                Report(now, said, step, title);
                return now.FinishedAt is null && now.State != "error" ? null : now;
            },
            () => new CliException(
                $"deploy timed out: service {deploy.ServiceId} has not finished in {Polling.Limit.TotalSeconds:0} s",
                remedy: $"It goes on. Look with: kontena service show {Short(deploy.ServiceId)}"),
            step,
            cancellationToken);
    }

    /// <summary>The failure of a finished deploy, in the form of cli.md §9.5.</summary>
    public async Task<CliException> FailureAsync(ServiceDeployJson deploy, CancellationToken cancellationToken)
    {
        var details = DeployFailure.InstanceLines(deploy, run.Context.ErrorPaint)
            .Concat(await DeployFailure.LastWordsAsync(run.Api, deploy, cancellationToken)).ToList();
        var name = Short(deploy.ServiceId);
        return new CliException(
            $"500 : {DeployFailure.Reason(deploy)}{(details.Count > 0 ? ":" : "")}", details,
            $"More: kontena service logs {name}. After a repair: kontena service deploy {name}");
    }

    /// <summary><c>stack/service</c>, or <c>service</c> when it has no stack.</summary>
    public static string Short(string serviceId)
    {
        var parts = serviceId.Split('/');
        if (parts.Length != 3) return serviceId;
        return parts[1] == "null" ? parts[2] : $"{parts[1]}/{parts[2]}";
    }

    private void Report(ServiceDeployJson deploy, HashSet<string> said, ProgressStep step, string title)
    {
        var done = 0;
        foreach (var instance in deploy.InstanceDeploys)
        {
            if (instance.State == "success") done++;
            var name = $"{deploy.ServiceId}-{instance.InstanceNumber}";
            var line = instance.State switch
            {
                "success" => $"{HealthIcon.Of(Health.Healthy, run.Context.ErrorPaint)} Deployed instance {name} to node {instance.Node}",
                "ongoing" when !string.IsNullOrEmpty(instance.Node) =>
                    $"{HealthIcon.Of(Health.Unknown, run.Context.ErrorPaint)} Starting instance {name} on node {instance.Node}",
                _ => null,
            };
            if (line is not null && said.Add(line)) step.Say($"  {line}");
        }

        // What it waits for; once it has ended it is the reason of its failure, which is told then.
        if (deploy is { FinishedAt: null, State: "ongoing", Reason: { Length: > 0 } waiting } && said.Add(waiting)) step.Say($"  {waiting}");
        if (deploy.InstanceCount > 0) step.Retitle($"{title} ({done} of {deploy.InstanceCount})");
    }
}
