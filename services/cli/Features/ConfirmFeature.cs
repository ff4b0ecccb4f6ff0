using System.CommandLine;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Features;

/// <summary><c>--force</c>, and the question asked without it (cli.md §4). Enter alone means no.</summary>
internal sealed class ConfirmFeature(CommandBody body, string? letter = null)
{
    private readonly Option<bool> force = body.Switch("--force", letter, "Do not ask");

    public bool Forced(CommandRun run) => run.Value(force);

    /// <summary>Goes on only when the person types the name.</summary>
    public void ByName(CommandRun run, string name)
    {
        if (run.Value(force)) return;
        RequireTerminal(run);
        run.Say($"Destructive command. To proceed, type \"{name}\" or re-run this command with --force option.");
        run.Terminal.Error.Write($"Enter '{name}' to confirm: ");
        if (run.Terminal.ReadLine()?.Trim() != name) throw new AbortedException($"Confirmation did not match {name}. Aborted command.");
    }

    /// <summary>Goes on only after a yes.</summary>
    public void ByYes(CommandRun run, string about)
    {
        if (run.Value(force)) return;
        RequireTerminal(run);
        run.Terminal.Error.Write($"{about} Are you sure? (y/N) ");
        if (run.Terminal.ReadLine()?.Trim().ToLowerInvariant() is not ("y" or "yes")) throw new AbortedException("Aborted command.");
    }

    private static void RequireTerminal(CommandRun run)
    {
        if (!run.Terminal.InIsTerminal || !run.Terminal.OutIsTerminal)
            throw new CliException("Command requires --force", remedy: "There is nobody to ask: input or output is not a terminal.");
    }
}
