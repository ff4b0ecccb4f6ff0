using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Stacks;

/// <summary><c>kontena stack ls</c> (cli.md §8.3).</summary>
internal sealed class ListCommand : CommandBody
{
    private const int LongLabels = 43;
    private const int CutLabels = 41;
    private readonly GridFeature grid;
    private readonly OutputFeature output;

    public ListCommand()
    {
        grid = new GridFeature(this);
        output = new OutputFeature(this, "Only names");
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = $"{ApiPaths.Grid(grid.Of(run))}/stacks";
        var body = await run.Api.GetAsync(path, cancellationToken);
        if (output.WroteJson(run, body)) return Exit.Done;
        var table = new Table("NAME", "STACK", "SERVICES", "STATE", "EXPOSED PORTS", "LABELS");
        foreach (var (stack, depth) in StackTree.Of(ApiClient.Read(path, body, KontenaResponseJson.Default.StacksJson).Stacks))
        {
            if (output.Quiet(run))
            {
                run.Out.WriteLine(stack.Name);
                continue;
            }

            var health = HealthIcon.OfMany(stack.Services.Select(
                service => HealthIcon.OfCounts(service.HealthStatus?.Healthy, service.HealthStatus?.Total)));
            var tree = depth > 0 && run.Terminal.OutIsTerminal ? $"{new string(' ', (depth * 2) - 1)}┗━ " : "";
            table.Add(
                $"{HealthIcon.Of(health, run.Paint)} {tree}{stack.Name}",
                $"{stack.Stack}:{stack.Version}",
                $"{stack.Services.Count}",
                State(stack.State, run.Paint),
                string.Join(",", stack.Services.SelectMany(service => service.Ports).Select(Port)),
                Labels(stack.Labels, run.Terminal.OutIsTerminal));
        }

        if (!output.Quiet(run)) table.Write(run.Out, run.Paint);
        return Exit.Done;
    }

    private static string Port(PortJson port) =>
        $"{(port.Ip is "" or "0.0.0.0" ? "*" : port.Ip)}:{port.NodePort}->{port.ContainerPort}/{port.Protocol}";

    private static string Labels(IReadOnlyList<string>? labels, bool cut)
    {
        if (labels is not { Count: > 0 }) return "-";
        var text = string.Join(",", labels);
        return cut && text.Length > LongLabels ? $"{text[..CutLabels]}..." : text;
    }

    private static string State(string state, Paint paint) => state switch
    {
        "running" => paint.Green(state),
        "deploying" or "initialized" => paint.Blue(state),
        "stopped" => paint.Red(state),
        "partially_running" => paint.Yellow(state),
        _ => state,
    };
}
