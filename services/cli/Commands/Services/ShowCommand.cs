using System.CommandLine;
using System.Globalization;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service show NAME</c> (cli.md §9.4): the service, its instances and their containers.</summary>
internal sealed class ShowCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly GridFeature grid;
    private readonly OutputFeature output;

    public ShowCommand()
    {
        name = Required("NAME", "The service: name or stack/name");
        grid = new GridFeature(this);
        output = new OutputFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = ApiPaths.Service(grid.Of(run), run.Value(name));
        var body = await run.Api.GetAsync(path, cancellationToken);
        if (output.WroteJson(run, body)) return Exit.Done;
        var service = ApiClient.Read(path, body, KontenaResponseJson.Default.ServiceJson);
        var instances = (await run.Api.GetAsync($"{path}/instances", KontenaResponseJson.Default.InstancesJson, cancellationToken)).Instances;
        var containers = (await run.Api.GetAsync($"{path}/containers", KontenaResponseJson.Default.ContainersJson, cancellationToken)).Containers;

        var block = new Outline(run.Out).Open(service.Id);
        ServiceOutline.WriteFull(block, service);
        var list = block.Open("instances");
        foreach (var instance in instances.OrderBy(item => item.InstanceNumber))
        {
            var inner = list.Open($"{ServiceName.Of(service)}/{instance.InstanceNumber}")
                .Field("scheduled_to", instance.Node?.Name)
                .Field("deploy_rev", instance.DeployRev)
                .Field("rev", instance.Rev)
                .Field("state", instance.CrashLooping ? "crash-looping" : instance.State)
                .Optional("restarts", Restarts(instance, run.Time.GetUtcNow()))
                .Optional("not ready", instance.HealthReason)
                .Optional("error", instance.Error)
                .Optional("notice", instance.Notice);
            var own = containers.Where(container => container.InstanceNumber == instance.InstanceNumber).ToList();
            if (own.Count == 0) continue;
            var inside = inner.Open("containers");
            foreach (var container in own) Write(inside, container, run.Time.GetUtcNow());
        }

        return Exit.Done;
    }

    /// <summary>E.g. <c>7, the last: exited with code 1 after 0.2 s; next start in 12 s</c>; null without any.</summary>
    private static string? Restarts(InstanceJson instance, DateTimeOffset now)
    {
        if (instance.Restarts == 0 && instance.RestartReason is null) return null;
        var text = instance.Restarts == 0 ? $"the first is due: {instance.RestartReason}" : instance.Restarts.ToString(CultureInfo.InvariantCulture);
        if (instance is { Restarts: > 0, RestartReason: { } reason }) text += $", the last: {reason}";
        return instance.NextStartAt is { } next && next > now ? $"{text}; next start in {Math.Ceiling((next - now).TotalSeconds):0} s" : text;
    }

    private static void Write(Outline list, ContainerJson container, DateTimeOffset now)
    {
        var block = list.Open($"{container.Name} (on {container.Node?.Name})")
            .Field("dns", $"{container.Hostname}.{container.Domainname}")
            .Field("ip", container.IpAddress)
            .Field("public ip", container.Node?.PublicIp);
        if (container.HealthStatus is { } health)
            block.Field("health", health.UpdatedAt is { } checkedAt ? $"{health.Status} ({Ages.Terse(checkedAt, now)} ago)" : health.Status);
        block.Field("status", container.Status).Optional("reason", container.State.Error);
        if (container.State.ExitCode != 0) block.Field("exit code", container.State.ExitCode);
    }
}
