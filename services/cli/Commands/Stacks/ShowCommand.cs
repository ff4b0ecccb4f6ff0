using System.CommandLine;
using System.Text.Json;
using Kontena.Cli.Api;
using Kontena.Cli.Commands.Services;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Stacks;

/// <summary><c>kontena stack show NAME</c> (cli.md §8.4).</summary>
internal sealed class ShowCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly GridFeature grid;
    private readonly Option<bool> values;
    private readonly Option<string?> valuesTo;
    private readonly OutputFeature output;

    public ShowCommand()
    {
        name = Required("NAME", "The stack");
        grid = new GridFeature(this);
        values = Switch("--values", null, "Only the stored variables, as YAML");
        valuesTo = Text("--values-to", null, "FILE", "Also write the stored variables to this file, as YAML");
        output = new OutputFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = ApiPaths.Stack(grid.Of(run), run.Value(name));
        var body = await run.Api.GetAsync(path, cancellationToken);
        if (output.WroteJson(run, body)) return Exit.Done;
        var stack = ApiClient.Read(path, body, KontenaResponseJson.Default.StackJson);
        if (run.Value(valuesTo) is { } file) await ValuesFile.WriteAsync(run.Context.Environment, file, ValuesFile.Of(stack.Variables), cancellationToken);
        if (run.Value(values)) run.Out.Write(ValuesFile.Text(ValuesFile.Of(stack.Variables)));
        else Write(run, stack);
        return Exit.Done;
    }

    private static void Write(CommandRun run, StackJson stack)
    {
        var block = new Outline(run.Out).Open(stack.Name);
        block.Field("created", HttpTimes.Zulu(stack.CreatedAt))
            .Field("updated", stack.UpdatedAt is { } updated ? HttpTimes.Zulu(updated) : null)
            .Field("state", stack.State)
            .Field("stack", stack.Stack)
            .Field("version", stack.Version)
            .Field("revision", stack.Revision)
            .Field("expose", stack.Expose ?? "-")
            .Optional("networks", stack.Networks);
        WriteMap(block, "variables", stack.Variables);
        WriteMap(block, "metadata", stack.Metadata);
        block.Field("parent", stack.Parent?.Name ?? "-");
        block.List("children", stack.Children.Select(child => child.Name));
        block.List("labels", stack.Labels);
        var services = block.Open("services");
        foreach (var service in stack.Services) ServiceOutline.WriteBrief(services.Open(service.Name), service);
    }

    private static void WriteMap(Outline block, string key, JsonElement? map)
    {
        if (map is not { ValueKind: JsonValueKind.Object } found || !found.EnumerateObject().Any())
        {
            block.Field(key, "-");
            return;
        }

        var inner = block.Open(key);
        foreach (var member in found.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Array) inner.List(member.Name, member.Value.EnumerateArray().Select(JsonText.Compact));
            else if (member.Value.ValueKind == JsonValueKind.Object) WriteMap(inner, member.Name, member.Value);
            else inner.Field(member.Name, JsonText.Compact(member.Value));
        }
    }
}
