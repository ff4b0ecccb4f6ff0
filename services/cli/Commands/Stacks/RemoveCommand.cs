using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Stacks;

/// <summary><c>kontena stack rm NAME ...</c>: the stacks installed for it go first (cli.md §8.8).</summary>
internal sealed class RemoveCommand : CommandBody
{
    // As StackTree: no real file nests deeper, and it ends a circle.
    private const int MaxDepth = 16;
    private readonly Argument<string[]> names;
    private readonly GridFeature grid;
    private readonly Option<bool> keep;
    private readonly ConfirmFeature confirm;

    public RemoveCommand()
    {
        names = Several("NAME", "The stacks to remove");
        grid = new GridFeature(this);
        keep = Switch("--keep-dependencies", null, "Keep the stacks that were installed for it");
        confirm = new ConfirmFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var where = grid.Of(run);
        foreach (var name in run.Value(names))
        {
            var stack = await run.Api.GetAsync(ApiPaths.Stack(where, name), KontenaResponseJson.Default.StackJson, cancellationToken);
            var children = run.Value(keep) ? [] : await ChildrenAsync(run, where, stack, 0, cancellationToken);
            if (!confirm.Forced(run))
            {
                if (stack.Parent is { } parent) run.Warn($"The stack {parent.Name} depends on stack {name}.");
                if (children.Count > 0) run.Warn($"The dependencies {string.Join(", ", children)} are removed too.");
            }

            confirm.ByName(run, name);
            foreach (var child in children)
            {
                run.Say($"> Removing dependency {child} ..");
                await StackRemoval.RunAsync(run, where, child, $"Removing stack {child}", cancellationToken);
            }

            await StackRemoval.RunAsync(run, where, name, $"Removing stack {name}", cancellationToken);
        }

        return Exit.Done;
    }

    /// <summary>The stacks below this one, deepest first.</summary>
    private static async Task<List<string>> ChildrenAsync(CommandRun run, string grid, StackJson stack, int depth, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        if (depth >= MaxDepth) return found;
        foreach (var child in stack.Children)
        {
            var inner = await run.Api.FindAsync(ApiPaths.Stack(grid, child.Name), KontenaResponseJson.Default.StackJson, cancellationToken);
            if (inner is null) continue;
            found.AddRange(await ChildrenAsync(run, grid, inner, depth + 1, cancellationToken));
            found.Add(child.Name);
        }

        return found;
    }
}
