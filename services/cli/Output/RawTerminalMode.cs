using System.Runtime.InteropServices;

namespace Kontena.Cli.Output;

/// <summary>Puts the terminal on standard input into raw mode and restores it when disposed.</summary>
internal sealed partial class RawTerminalMode : IDisposable
{
    private const int StandardInput = 0;

    // TCSADRAIN: change after pending output has been written.
    private const int AfterDrain = 1;

    // struct termios has 60 bytes on Linux; room for other C libraries.
    private readonly byte[] saved = new byte[256];
    private readonly bool active;
    private bool restored;

    public RawTerminalMode()
    {
        if (ReadAttributes(StandardInput, saved) != 0) return;
        var raw = (byte[])saved.Clone();
        MakeRaw(raw);
        active = WriteAttributes(StandardInput, AfterDrain, raw) == 0;
    }

    public void Dispose()
    {
        if (!active || restored) return;
        restored = true;
        _ = WriteAttributes(StandardInput, AfterDrain, saved);
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static partial int ReadAttributes(int descriptor, [Out] byte[] attributes);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    private static partial int WriteAttributes(int descriptor, int when, byte[] attributes);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw([In, Out] byte[] attributes);
}
