using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Kontena.Cli.Output;

/// <summary>The process's own streams. Bypasses <see cref="Console.Out"/>, which loads a terminal database at start.</summary>
internal sealed class SystemTerminal : ITerminal, IDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private readonly Stream outStream = OpenOutput();
    private readonly Stream errorStream = Console.OpenStandardError();
    private readonly StreamWriter outWriter;
    private readonly StreamWriter errorWriter;
    private TextReader? input;

    public SystemTerminal()
    {
        OutIsTerminal = !Console.IsOutputRedirected;
        ErrorIsTerminal = !Console.IsErrorRedirected;
        outWriter = new StreamWriter(outStream, Utf8, 4096) { AutoFlush = OutIsTerminal };
        errorWriter = new StreamWriter(errorStream, Utf8, 1024) { AutoFlush = true };
    }

    public TextWriter Out => outWriter;

    public TextWriter Error => errorWriter;

    public bool OutIsTerminal { get; }

    public bool ErrorIsTerminal { get; }

    public bool InIsTerminal => !Console.IsInputRedirected;

    public (int Width, int Height) Size =>
        OutIsTerminal || ErrorIsTerminal ? (Math.Max(Console.WindowWidth, 20), Math.Max(Console.WindowHeight, 5)) : (80, 24);

    public string? ReadLine() => (input ??= new StreamReader(OpenInput(), Utf8)).ReadLine();

    public string? ReadSecret()
    {
        using var hidden = TerminalMode.WithoutEcho();
        var answer = ReadLine();
        errorWriter.WriteLine();
        return answer;
    }

    public Stream OpenInput() => Console.OpenStandardInput();

    public void WriteRaw(bool error, ReadOnlySpan<byte> bytes)
    {
        outWriter.Flush();
        var stream = error ? errorStream : outStream;
        stream.Write(bytes);
        stream.Flush();
    }

    public IDisposable RawMode() => TerminalMode.Raw();

    public Interrupt CatchInterrupt()
    {
        var source = new CancellationTokenSource();
        void Caught(PosixSignalContext signal)
        {
            // The second Ctrl-C keeps its usual meaning, so nothing can make the process unstoppable.
            if (source.IsCancellationRequested) return;
            signal.Cancel = true;
            source.Cancel();
        }

        var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Caught);
        var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Caught);
        return new Interrupt(source, () =>
        {
            interrupted.Dispose();
            terminated.Dispose();
        });
    }

    public IDisposable? OnResize(Action resized) =>
        OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => resized());

    /// <summary>
    /// The console's stream swallows a broken pipe, so <c>logs -f | head</c> would run for ever; a file stream reports it.
    /// It keeps its own place in a real file though, so files stay with the console's stream.
    /// </summary>
    private static Stream OpenOutput()
    {
        if (!Console.IsOutputRedirected || OperatingSystem.IsWindows()) return Console.OpenStandardOutput();
        var pipe = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return pipe.CanSeek ? Console.OpenStandardOutput() : pipe;
    }

    public void Flush()
    {
        outWriter.Flush();
        errorWriter.Flush();
    }

    public void Dispose()
    {
        try
        {
            Flush();
        }
        catch (IOException)
        {
            // The reader of the pipe has gone; there is nobody left to tell.
        }
    }
}
