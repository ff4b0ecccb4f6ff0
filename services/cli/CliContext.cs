using Kontena.Cli.Output;
using Kontena.Docker;

namespace Kontena.Cli;

/// <summary>The outside world of one invocation.</summary>
internal sealed record CliContext(ITerminal Terminal, CliEnvironment Environment, TimeProvider Time)
{
    /// <summary>How often a deploy is asked after: soon at first, then once a second.</summary>
    public TimeSpan FirstPoll { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a master that stopped answering is waited for while a deploy or removal is followed.</summary>
    public TimeSpan AwayLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The container engine of this machine, for building images.</summary>
    public Func<IContainerEngine> Engine { get; init; } = () => LocalEngine(Time);

    private bool Plain => Environment.Text("NO_COLOR") is not null || Environment.Text("KONTENA_SIMPLE_TERM") is not null;

    public Paint OutPaint => new(Terminal.OutIsTerminal && !Plain);

    public Paint ErrorPaint => new(Terminal.ErrorIsTerminal && !Plain);

    /// <summary>Turning characters and redrawn lines.</summary>
    public bool Widgets => Terminal.ErrorIsTerminal && Environment.Text("KONTENA_SIMPLE_TERM") is null;

    public Progress Progress() => new(Terminal, Widgets, ErrorPaint, Time);

    private static DockerEngineClient LocalEngine(TimeProvider time)
    {
        try
        {
            return new DockerEngineClient(EngineAddress.FromEnvironment(), time);
        }
        catch (FormatException error)
        {
            throw new CliException(error.Message, remedy: "DOCKER_HOST names the engine that builds images.");
        }
    }
}
