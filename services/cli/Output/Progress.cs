namespace Kontena.Cli.Output;

/// <summary>
/// Says on standard error what is going on (cli.md §2.2): a turning character on a terminal, two plain lines otherwise.
/// Standard output stays clean for data.
/// </summary>
internal sealed class Progress(ITerminal terminal, bool widgets, Paint paint, TimeProvider time)
{
    private static readonly TimeSpan FrameTime = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs the work as one step; an exception marks it failed and goes on to the caller.</summary>
    public async Task<T> RunAsync<T>(string text, Func<ProgressStep, Task<T>> work)
    {
        using var step = new ProgressStep(terminal, widgets, paint, text);
        using var turning = widgets ? time.CreateTimer(_ => step.Turn(), null, FrameTime, FrameTime) : null;
        try
        {
            var result = await work(step);
            step.End(step.Outcome);
            return result;
        }
        catch (OperationCanceledException)
        {
            step.End("stop");
            throw;
        }
        catch
        {
            step.End("fail");
            throw;
        }
    }

    public Task RunAsync(string text, Func<ProgressStep, Task> work) => RunAsync(text, async step =>
    {
        await work(step);
        return true;
    });
}

/// <summary>One line of progress while its work runs.</summary>
internal sealed class ProgressStep : IDisposable
{
    private const string Frames = "\\|/-";
    private readonly ITerminal terminal;
    private readonly bool widgets;
    private readonly Paint paint;
    private readonly Lock gate = new();
    private readonly string title;
    private string shown;
    private int frame;
    private bool ended;

    public ProgressStep(ITerminal terminal, bool widgets, Paint paint, string title)
    {
        (this.terminal, this.widgets, this.paint, this.title, shown) = (terminal, widgets, paint, title, title);
        if (widgets) Draw();
        else terminal.Error.WriteLine($"* {title}.. ");
    }

    /// <summary><c>done</c> until the work says otherwise: <c>warn</c> or <c>fail</c>.</summary>
    public string Outcome { get; set; } = "done";

    /// <summary>Shows another text while the work goes on, e.g. with a count. Only seen on terminals.</summary>
    public void Retitle(string text)
    {
        lock (gate)
        {
            shown = text;
            if (widgets && !ended) Draw();
        }
    }

    /// <summary>Prints a line above the turning character.</summary>
    public void Say(string line)
    {
        lock (gate)
        {
            if (widgets && !ended) terminal.Error.Write("\r\e[K");
            terminal.Error.WriteLine(line);
            if (widgets && !ended) Draw();
        }
    }

    public void Turn()
    {
        lock (gate)
        {
            if (ended) return;
            frame = (frame + 1) % Frames.Length;
            Draw();
        }
    }

    public void End(string outcome)
    {
        lock (gate)
        {
            if (ended) return;
            ended = true;
            if (!widgets)
            {
                terminal.Error.WriteLine($"* {title}.. {outcome}");
                return;
            }

            var mark = outcome switch
            {
                "done" => paint.Green("done"),
                "fail" => paint.Red("fail"),
                _ => paint.Yellow(outcome),
            };
            terminal.Error.WriteLine($"\r\e[K [{mark}] {title}");
        }
    }

    public void Dispose() => End("fail");

    private void Draw() => terminal.Error.Write($"\r\e[K    *   {shown} .. {Frames[frame]}");
}
