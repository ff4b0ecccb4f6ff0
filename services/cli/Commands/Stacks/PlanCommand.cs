using System.Globalization;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;
using Kontena.Core.Services;

namespace Kontena.Cli.Commands.Stacks;

/// <summary><c>kontena stack plan [FILE]</c>: what installing or upgrading the stack would change and where its instances would be, without doing any of it.</summary>
internal sealed class PlanCommand : CommandBody
{
    private const int MostInstances = 40;
    private readonly StackFileFeature file;
    private readonly GridFeature grid;
    private readonly OutputFeature output;

    public PlanCommand()
    {
        file = new StackFileFeature(this, named: true);
        grid = new GridFeature(this);
        output = new OutputFeature(this);
    }

    public override string Notes =>
        "Prints a token at the end. Given to stack upgrade or stack install as --plan TOKEN, the change is refused when it would no longer be the planned one:\n" +
        "when a service, a node, a label, a quota or the file has changed since. The values remembered of an installed stack are used without asking.";

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var where = grid.Of(run);
        var stack = file.StackName(run, where);
        var installed = stack is null ? null : await run.Api.FindAsync(ApiPaths.Stack(where, stack), KontenaResponseJson.Default.StackJson, cancellationToken);
        var read = await file.ReadAsync(
            run, where, stack, installed is null ? null : ValuesFile.Of(installed.Variables), reuse: installed is not null, cancellationToken);
        var path = $"{ApiPaths.Stack(where, read.Request!.Name!)}/plan";
        var body = await run.Api.PostForBodyAsync(path, read.Request!, KontenaResponseJson.Wire.StackRequest, cancellationToken);
        if (output.WroteJson(run, body)) return Exit.Done;

        var plan = ApiClient.Read(path, body, KontenaResponseJson.Default.StackPlanJson);
        Write(run, plan);
        run.Out.WriteLine();
        run.Out.WriteLine($"token: {plan.Token}");
        run.Next(string.Join(' ', NextWords(run, plan).Select(ShellWords.Quote)));
        return Exit.Done;
    }

    // With other values or in another grid the token would be refused.
    private IEnumerable<string> NextWords(CommandRun run, StackPlanJson plan)
    {
        IEnumerable<string> given = [.. grid.Given(run), .. file.GivenValues(run)];
        return plan.Revision == 0
            ? ["kontena", "stack", "install", "--plan", plan.Token, "--name", plan.Name, .. given, file.File(run)]
            : ["kontena", "stack", "upgrade", "--plan", plan.Token, "--reuse-values", .. given, plan.Name, file.File(run)];
    }

    private static void Write(CommandRun run, StackPlanJson plan)
    {
        run.Out.WriteLine(plan switch
        {
            { Revision: 0 } => run.Paint.Green($"+ {plan.Name}: a new stack"),
            _ when plan.Revision == plan.NextRevision => $"  {plan.Name}: stays at revision {Text(plan.Revision)}",
            _ => run.Paint.Cyan($"~ {plan.Name}: revision {Text(plan.Revision)} becomes {Text(plan.NextRevision)}"),
        });
        foreach (var change in plan.Fields) run.Out.WriteLine($"    {change.Field}: {change.Before ?? "-"} → {change.After ?? "-"}");
        foreach (var service in plan.Services) Write(run, service);

        var instances = plan.Services.SelectMany(service => service.Instances).Where(one => one.Action != "stay").ToList();
        if (instances.Count == 0) return;
        run.Out.WriteLine();
        var table = new Table("INSTANCE", "WHAT", "FROM", "TO");
        foreach (var one in instances.Take(MostInstances)) table.Add(one.Name, one.Action, one.From ?? "-", one.To ?? (one.Action == "start" ? "by lot" : "-"));
        table.Write(run.Out, run.Paint);
        var more = plan.Services.Sum(service => service.Counts.Where(one => one.Key != "stay").Sum(one => one.Value)) - Math.Min(instances.Count, MostInstances);
        if (more > 0) run.Out.WriteLine($"and {Text(more)} more");
    }

    private static void Write(CommandRun run, StackPlanServiceJson service)
    {
        var counts = string.Join(", ", service.Counts.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{Text(one.Value)} {one.Key}"));
        var line = $"{service.Name}: {(counts.Length == 0 ? "no instances" : counts)}";
        run.Out.WriteLine(service.Change switch
        {
            "create" => run.Paint.Green($"  + {line}"),
            "remove" => run.Paint.Red($"  - {line}"),
            "update" or "start" => run.Paint.Cyan($"  ~ {line}"),
            _ => $"    {line}",
        });
        foreach (var change in service.Fields)
            run.Out.WriteLine(change.Before is null ? $"      {change.Field}: {change.After}" : $"      {change.Field}: {change.Before} → {change.After ?? "-"}");
        if (service.Problem is not null) run.Out.WriteLine(run.Paint.Yellow($"      would not be deployed: {service.Problem}"));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
