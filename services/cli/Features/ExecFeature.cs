using System.CommandLine;
using Kontena.Cli.Exec;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Features;

/// <summary>The options of <c>service exec</c> and <c>container exec</c> (cli.md §9.6).</summary>
internal sealed class ExecFeature(CommandBody body)
{
    private readonly Option<bool> shell = body.Switch("--shell", null, "Run through the container's shell");
    private readonly Option<bool> interactive = body.Switch("--interactive", "-i", "Pass standard input on");
    private readonly Option<bool> tty = body.Switch("--tty", "-t", "Give the command a terminal");

    public bool Interactive(CommandRun run) => run.Value(interactive);

    /// <summary>Runs the command there; Ctrl-C ends the session unless the far terminal gets it.</summary>
    public async Task<int> RunAsync(CommandRun run, string container, IReadOnlyList<string> command)
    {
        if (run.Value(tty) && !run.Terminal.InIsTerminal) throw new CliException("the input device is not a TTY", remedy: "Leave out -t, or run it from a terminal.");
        var spec = new ExecSpec
        {
            Container = container,
            Command = command,
            Interactive = run.Value(interactive),
            Tty = run.Value(tty),
            Shell = run.Value(shell),
        };
        using var interrupt = run.Terminal.CatchInterrupt();
        return await new ExecSession(run.Api, run.Terminal, run.Context.Environment).RunAsync(spec, interrupt.Token);
    }
}
