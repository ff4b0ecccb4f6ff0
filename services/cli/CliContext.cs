using Kontena.Cli.Output;

namespace Kontena.Cli;

/// <summary>The outside world of one invocation.</summary>
internal sealed record CliContext(ITerminal Terminal, CliEnvironment Environment, TimeProvider Time)
{
    /// <summary>How often a deploy is asked after: soon at first, then once a second.</summary>
    public TimeSpan FirstPoll { get; init; } = TimeSpan.FromMilliseconds(100);

    private bool Plain => Environment.Text("NO_COLOR") is not null || Environment.Text("KONTENA_SIMPLE_TERM") is not null;

    public Paint OutPaint => new(Terminal.OutIsTerminal && !Plain);

    public Paint ErrorPaint => new(Terminal.ErrorIsTerminal && !Plain);

    /// <summary>Turning characters and redrawn lines.</summary>
    public bool Widgets => Terminal.ErrorIsTerminal && Environment.Text("KONTENA_SIMPLE_TERM") is null;

    public Progress Progress() => new(Terminal, Widgets, ErrorPaint, Time);
}
