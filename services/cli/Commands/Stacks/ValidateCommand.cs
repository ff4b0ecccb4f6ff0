using System.CommandLine;
using System.Text.Json;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Stacks;

/// <summary><c>kontena stack validate [FILE]</c> (cli.md §8.9): what install would send, or every mistake. Asks no master.</summary>
internal sealed class ValidateCommand : CommandBody
{
    private const string OfflineGrid = "validate";
    private readonly StackFileFeature file;
    private readonly Option<string?> grid;
    private readonly Option<string?> format;

    public ValidateCommand()
    {
        file = new StackFileFeature(this, named: true);
        grid = Text("--grid", null, "GRID", "The value of $GRID (default: the selected grid)");
        format = Text("--format", null, "yaml|api-json", "How to print it (default: yaml)");
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var shape = run.Value(format) ?? "yaml";
        if (shape is not ("yaml" or "api-json")) throw new UsageException($"option '--format': invalid value '{shape}', expected yaml or api-json");
        var read = await file.ReadAsync(run, run.Value(grid) ?? run.Session.Grid ?? OfflineGrid, null, null, false, cancellationToken);
        var payload = JsonSerializer.SerializeToElement(read.Request!, KontenaResponseJson.Wire.StackRequest);
        if (shape == "api-json")
        {
            run.Out.WriteLine(JsonText.Indent(payload));
            return Exit.Done;
        }

        run.Out.WriteLine("---");
        run.Out.Write(YamlText.Of(payload, leaveOut: "source"));
        return Exit.Done;
    }
}
