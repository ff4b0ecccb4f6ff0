using System.Text;
using Kontena.Cli.Output;

namespace Kontena.Cli.Tests.Support;

/// <summary>A terminal made of strings. Not a terminal until a test says so; typed lines come from <see cref="Type"/>.</summary>
internal sealed class FakeTerminal : ITerminal
{
    private StringWriter OutBuffer { get; } = new();

    private readonly Queue<string> typed = new();
    private Action? cancel;

    public FakeTerminal()
    {
        Out = TextWriter.Synchronized(OutBuffer);
        Error = TextWriter.Synchronized(ErrorText);
    }

    public StringWriter ErrorText { get; } = new();

    public TextWriter Out { get; set; }

    public TextWriter Error { get; }

    public bool OutIsTerminal { get; set; }

    public bool ErrorIsTerminal { get; set; }

    public bool InIsTerminal { get; set; }

    public (int Width, int Height) Size { get; set; } = (80, 24);

    public Stream Input { get; set; } = new MemoryStream();

    public bool WasRaw { get; private set; }

    public bool IsRaw { get; private set; }

    public string OutText => OutBuffer.ToString();

    public FakeTerminal Type(params string[] lines)
    {
        OutIsTerminal = ErrorIsTerminal = InIsTerminal = true;
        foreach (var line in lines) typed.Enqueue(line);
        return this;
    }

    /// <summary>Ctrl-C, as soon as somebody catches it.</summary>
    public void PressCtrlC()
    {
        Interrupting = true;
        cancel?.Invoke();
    }

    private bool Interrupting { get; set; }

    public string? ReadLine() => typed.TryDequeue(out var line) ? line : null;

    public string? ReadSecret() => ReadLine();

    public Stream OpenInput() => Input;

    public void WriteRaw(bool error, ReadOnlySpan<byte> bytes)
    {
        (error ? Error : Out).Write(Encoding.UTF8.GetString(bytes));
    }

    public IDisposable RawMode()
    {
        WasRaw = IsRaw = true;
        return new Ending(() => IsRaw = false);
    }

    public Interrupt CatchInterrupt()
    {
        var source = new CancellationTokenSource();
        cancel = source.Cancel;
        if (Interrupting) source.Cancel();
        return new Interrupt(source, () => cancel = null);
    }

    public IDisposable? OnResize(Action resized) => null;

    public void Flush()
    {
    }

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
