using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Kontena.Cli.Output;

/// <summary>
/// The process's own streams, opened by their numbers. <see cref="Console"/>'s would load a terminal database, switch the keypad's
/// mode and edit input lines themselves, which no program at the other end of an exec wants.
/// </summary>
internal sealed class SystemTerminal : ITerminal, IDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private readonly Stream outStream = Open(1, Console.OpenStandardOutput);
    private readonly Stream errorStream = Open(2, Console.OpenStandardError);
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

    /// <summary>What was said on standard output comes first, so that the two stay in order where they end in one place.</summary>
    public TextWriter Error
    {
        get
        {
            try
            {
                outWriter.Flush();
            }
            catch (IOException)
            {
                // Its reader has gone; errors can still be said.
            }

            return errorWriter;
        }
    }

    public bool OutIsTerminal { get; }

    public bool ErrorIsTerminal { get; }

    public bool InIsTerminal => !Console.IsInputRedirected;

    public (int Width, int Height) Size => TerminalMode.WindowSize() ?? (80, 24);

    public string? ReadLine() => (input ??= new StreamReader(OpenInput(), Utf8)).ReadLine();

    public string? ReadSecret()
    {
        using var hidden = TerminalMode.WithoutEcho();
        var answer = ReadLine();
        errorWriter.WriteLine();
        return answer;
    }

    public Stream OpenInput() => OperatingSystem.IsWindows()
        ? Console.OpenStandardInput()
        : new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);

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
    /// A file stream also reports a broken pipe, which the console's swallows, so that <c>logs -f | head</c> ends. It keeps its own
    /// place in a real file though, where other processes may write too, so files stay with the console's stream.
    /// </summary>
    private static Stream Open(int descriptor, Func<Stream> ofConsole)
    {
        if (OperatingSystem.IsWindows()) return ofConsole();
        var stream = new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return stream.CanSeek ? ofConsole() : stream;
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
