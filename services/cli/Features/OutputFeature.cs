using System.CommandLine;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Features;

/// <summary><c>--json</c> on every read, and <c>-q</c> on listings.</summary>
internal sealed class OutputFeature
{
    private readonly Option<bool>? quiet;
    private readonly Option<bool> json;

    /// <param name="quietDescription">What <c>-q</c> prints; null when the command is no listing.</param>
    public OutputFeature(CommandBody body, string? quietDescription = null)
    {
        if (quietDescription is not null) quiet = body.Switch("--quiet", "-q", quietDescription);
        json = body.Switch("--json", null, "Print the API's JSON");
    }

    public bool Quiet(CommandRun run) => quiet is not null && run.Value(quiet);

    public bool WantsJson(CommandRun run) => run.Value(json);

    /// <summary>Prints the body and says so, when JSON was asked for.</summary>
    public bool WroteJson(CommandRun run, ReadOnlyMemory<byte> body)
    {
        if (!run.Value(json)) return false;
        run.Out.WriteLine(JsonText.Indent(body));
        return true;
    }
}
