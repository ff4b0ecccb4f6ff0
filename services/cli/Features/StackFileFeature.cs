using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Commands.Stacks;
using Kontena.Cli.Parsing;
using Kontena.Cli.StackSources;
using Kontena.Contracts.Http;
using Kontena.StackFiles;

namespace Kontena.Cli.Features;

/// <summary>The options of all commands that read a stack file (cli.md §8.1), and the reading.</summary>
internal sealed class StackFileFeature
{
    private const string DefaultFile = "kontena.yml";
    private readonly Argument<string?> file;
    private readonly Option<string?>? name;
    private readonly Option<string[]> values;
    private readonly Option<string[]> valuesFrom;
    private readonly Option<string[]> valuesFromStack;
    private readonly Option<string?> valuesTo;

    /// <param name="named">Whether the stack can be given another name than the file's.</param>
    public StackFileFeature(CommandBody body, bool named)
    {
        file = body.Optional("FILE", $"The stack file (default: {DefaultFile})");
        if (named) name = body.Text("--name", "-n", "NAME", "The installed name (default: from the file)");
        values = body.Many("--variable", "-v", "VARIABLE=VALUE", "Set a variable (repeatable)");
        valuesFrom = body.Many("--values-from", null, "FILE", "Set variables from a YAML mapping (repeatable)");
        valuesFromStack = body.Many("--values-from-stack", null, "STACK", "Use the values of an installed stack (repeatable)");
        valuesTo = body.Text("--values-to", null, "FILE", "Write the resolved values to this file, as YAML");
    }

    public string File(CommandRun run) => run.Value(file) ?? DefaultFile;

    /// <summary>The options for the values as they were given, for a command that is to read the same from the file.</summary>
    public IEnumerable<string> GivenValues(CommandRun run) =>
    [
        .. run.Values(values).SelectMany(one => (string[])["-v", one]),
        .. run.Values(valuesFrom).SelectMany(one => (string[])["--values-from", one]),
        .. run.Values(valuesFromStack).SelectMany(one => (string[])["--values-from-stack", one]),
    ];

    /// <summary>The name that the stack would have; null when the file can't be read, which reading it will explain.</summary>
    public string? StackName(CommandRun run, string grid)
    {
        var source = File(run);
        StackSource.RequireFile(run.Context.Environment, source);
        return (name is null ? null : run.Value(name)) ?? StackFileReader.NameOf(source, new StackReadOptions
        {
            Grid = grid,
            Environment = run.Context.Environment.Variable,
            Files = new WorkingDirectoryFiles(run.Context.Environment.WorkingDirectory),
        });
    }

    /// <summary>Reads the file; on mistakes says all of them and fails.</summary>
    /// <param name="grid">The grid the stack is for.</param>
    /// <param name="installedName">The stack's name, when the command line names it another way than by the feature's option.</param>
    /// <param name="remembered">Answers of the installed revision.</param>
    /// <param name="reuse">Take the remembered answers without asking.</param>
    public async Task<StackReadResult> ReadAsync(
        CommandRun run, string grid, string? installedName, IReadOnlyDictionary<string, string>? remembered, bool reuse, CancellationToken cancellationToken)
    {
        var source = File(run);
        StackSource.RequireFile(run.Context.Environment, source);
        var chosen = new Dictionary<string, string>(reuse && remembered is not null ? remembered : []);
        foreach (var stack in run.Values(valuesFromStack)) await AddOfStackAsync(run, grid, stack, "", chosen, 0, cancellationToken);
        foreach (var path in run.Values(valuesFrom)) Add(chosen, StackSource.ReadValues(run.Context.Environment, path));
        Add(chosen, KeyValues.Of(run.Values(values), "--variable"));

        var result = StackFileReader.Read(source, new StackReadOptions
        {
            Name = installedName ?? (name is null ? null : run.Value(name)),
            Grid = grid,
            Values = chosen,
            Remembered = remembered ?? new Dictionary<string, string>(),
            Environment = run.Context.Environment.Variable,
            Files = new WorkingDirectoryFiles(run.Context.Environment.WorkingDirectory),
            Questions = run.Terminal is { InIsTerminal: true, ErrorIsTerminal: true } ? new TerminalQuestions(run.Terminal) : null,
        });
        StackReport.Write(run, source, result);
        if (result.Request is { } request && run.Value(valuesTo) is { } target)
            await ValuesFile.WriteAsync(run.Context.Environment, target, ValuesFile.Of(request.Variables), cancellationToken);
        return result;
    }

    /// <summary>The values of an installed stack and, as <c>child.name</c>, of the stacks installed for it.</summary>
    private static async Task AddOfStackAsync(
        CommandRun run, string grid, string stack, string prefix, Dictionary<string, string> into, int depth, CancellationToken cancellationToken)
    {
        const int maxDepth = 16;
        var found = await run.Api.GetAsync(ApiPaths.Stack(grid, stack), KontenaResponseJson.Default.StackJson, cancellationToken);
        var own = ValuesFile.Of(found.Variables);
        if (own.Count == 0 && depth == 0) run.Warn($"Stack {stack} has no values.");
        foreach (var (key, value) in own) into[$"{prefix}{key}"] = value;
        if (depth >= maxDepth) return;
        foreach (var child in found.Children)
        {
            var shortName = child.Name.StartsWith($"{stack}-", StringComparison.Ordinal) ? child.Name[(stack.Length + 1)..] : child.Name;
            await AddOfStackAsync(run, grid, child.Name, $"{prefix}{shortName}.", into, depth + 1, cancellationToken);
        }
    }

    private static void Add(Dictionary<string, string> into, IReadOnlyDictionary<string, string> more)
    {
        foreach (var (key, value) in more) into[key] = value;
    }
}
