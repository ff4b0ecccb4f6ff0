using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Builds;
using Kontena.Cli.Deploys;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Stacks;

/// <summary><c>kontena stack upgrade NAME [FILE]</c> (cli.md §8.6): report, ask when something would be lost, build, update, deploy.</summary>
internal sealed class UpgradeCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly StackFileFeature file;
    private readonly GridFeature grid;
    private readonly Toggle deploy;
    private readonly Toggle build;
    private readonly WaitFeature wait;
    private readonly ConfirmFeature confirm;
    private readonly Option<bool> reuse;
    private readonly Option<bool> dryRun;
    private readonly Option<string?> planned;

    public UpgradeCommand()
    {
        name = Required("NAME", "The installed stack");
        file = new StackFileFeature(this, named: false);
        grid = new GridFeature(this);
        deploy = Toggle("deploy", true, "Deploy after the change");
        build = Toggle("build", true, "Build the images of services with build: on this machine's engine");
        wait = new WaitFeature(this);
        confirm = new ConfirmFeature(this);
        reuse = Switch("--reuse-values", null, "Use the remembered values without asking");
        planned = Text("--plan", null, "TOKEN", "Refuse when something has changed since that kontena stack plan");
        dryRun = Switch("--dry-run", null, "Only report what would change");
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var (where, stack) = (grid.Of(run), run.Value(name));
        var path = ApiPaths.Stack(where, stack);
        var installed = await run.Progress.RunAsync(
            $"Reading stack {stack} from master", _ => run.Api.GetAsync(path, KontenaResponseJson.Default.StackJson, cancellationToken));
        var read = await file.ReadAsync(run, where, stack, ValuesFile.Of(installed.Variables), run.Value(reuse), cancellationToken);
        var request = read.Request! with { Plan = run.Value(planned) };

        var plan = UpgradePlan.Of(installed, request);
        plan.Write(run.Out, run.Paint);
        run.Out.Flush();
        if (run.Value(dryRun)) return Exit.Done;
        if (plan.Unsafe)
        {
            if (!confirm.Forced(run)) run.Warn("This can not be undone, data will be lost.");
            confirm.ByYes(run, "");
        }

        if (run.Value(build)) await new ImageBuilds(run).RunAsync(read.Builds, cancellationToken);
        await run.Progress.RunAsync($"Upgrading stack {stack}", _ => run.Api.PutAsync(
            path, request, KontenaResponseJson.Wire.StackRequest, KontenaResponseJson.Default.StackJson, cancellationToken));
        if (!run.Value(deploy))
        {
            run.Next($"kontena stack deploy {stack}");
            return Exit.Done;
        }

        await new StackDeployWatch(run).DeployAsync(where, stack, wait.Of(run));
        run.Next($"kontena stack show {stack}");
        return Exit.Done;
    }
}
