using Kontena.Cli.Parsing;

namespace Kontena.Cli.Features;

/// <summary><c>--[no-]wait</c>: stay until the deploy has ended.</summary>
internal sealed class WaitFeature(CommandBody body)
{
    private readonly Toggle wait = body.Toggle("wait", true, "Wait until the deploy has ended");

    public bool Of(CommandRun run) => run.Value(wait);
}
