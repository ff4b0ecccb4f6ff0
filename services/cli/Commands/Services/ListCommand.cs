using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service ls</c> (cli.md §9.1), last changed first.</summary>
internal sealed class ListCommand : CommandBody
{
    private readonly GridFeature grid;
    private readonly Option<string?> stack;
    private readonly OutputFeature output;

    public ListCommand()
    {
        grid = new GridFeature(this);
        stack = Text("--stack", null, "STACK", "Only services of this stack");
        output = new OutputFeature(this, "Only ids (grid/stack/service)");
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = $"{ApiPaths.Grid(grid.Of(run))}/services";
        if (run.Value(stack) is { } only) path += $"?stack={Uri.EscapeDataString(only)}";
        var body = await run.Api.GetAsync(path, cancellationToken);
        if (output.WroteJson(run, body)) return Exit.Done;

        var table = new Table("NAME", "INSTANCES", "STATEFUL", "STATE", "EXPOSED PORTS");
        foreach (var service in ApiClient.Read(path, body, KontenaResponseJson.Default.ServicesJson).Services.OrderByDescending(item => item.UpdatedAt))
        {
            if (output.Quiet(run))
            {
                run.Out.WriteLine(service.Id);
                continue;
            }

            var health = HealthIcon.OfCounts(service.HealthStatus?.Healthy, service.HealthStatus?.Total);
            var running = service.InstanceCounts.Running;
            table.Add(
                $"{HealthIcon.Of(health, run.Paint)} {ServiceName.Of(service)}",
                service.Schedule is { } schedule ? Schedules.Next(schedule, run.Time.GetUtcNow()) : service.RunAtDeploy == true ? "run by deploys" : $"{(running < service.Instances ? run.Paint.Cyan($"{running}") : $"{running}")} / {service.Instances}",
                service.Stateful ? "yes" : "no",
                State(service is { Schedule: not null, State: "running" } ? "scheduled" : service.State, run.Paint),
                string.Join(",", service.Ports.Select(ServiceName.Port)));
        }

        if (!output.Quiet(run)) table.Write(run.Out, run.Paint);
        return Exit.Done;
    }

    private static string State(string state, Paint paint) => state switch
    {
        "running" => paint.Green(state),
        "initialized" => paint.Cyan(state),
        "stopped" => paint.Red(state),
        _ => paint.Blue(state),
    };
}
