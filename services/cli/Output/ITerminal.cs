namespace Kontena.Cli.Output;

/// <summary>Where the person or the pipe is. Data goes to <see cref="Out"/>, talk to <see cref="Error"/>.</summary>
internal interface ITerminal
{
    /// <summary>Standard output; flushed by <see cref="Flush"/> and at the end of the process.</summary>
    TextWriter Out { get; }

    TextWriter Error { get; }

    bool OutIsTerminal { get; }

    bool ErrorIsTerminal { get; }

    bool InIsTerminal { get; }

    /// <summary>Columns and rows; 80 × 24 when it is not a terminal.</summary>
    (int Width, int Height) Size { get; }

    /// <summary>One line of standard input; null at its end.</summary>
    string? ReadLine();

    /// <summary>As <see cref="ReadLine"/>, without showing what is typed.</summary>
    string? ReadSecret();

    /// <summary>Standard input as bytes.</summary>
    Stream OpenInput();

    /// <summary>Writes bytes to standard output, or error, unchanged and at once.</summary>
    void WriteRaw(bool error, ReadOnlySpan<byte> bytes);

    /// <summary>Every key goes to the program, nothing is echoed, until disposed.</summary>
    IDisposable RawMode();

    /// <summary>Catches Ctrl-C and SIGTERM until disposed: the token is cancelled instead of the process ended. A second Ctrl-C ends it.</summary>
    Interrupt CatchInterrupt();

    /// <summary>Calls back when the window changes its size, until disposed; null where windows do not say so.</summary>
    IDisposable? OnResize(Action resized);

    void Flush();
}

/// <summary>A caught Ctrl-C.</summary>
internal sealed class Interrupt(CancellationTokenSource source, Action release) : IDisposable
{
    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        release();
        source.Dispose();
    }
}
