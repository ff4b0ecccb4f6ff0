using System.Runtime.InteropServices;

namespace Kontena.Cli.Output;

/// <summary>Changes how the terminal on standard input treats keys, until disposed.</summary>
internal sealed partial class TerminalMode : IDisposable
{
    private const int StandardInput = 0;

    // TCSADRAIN: change after pending output has been written.
    private const int AfterDrain = 1;

    // struct termios has 60 bytes on Linux; room for other C libraries.
    private const int AttributesSize = 256;

    // Linux: the fourth 32-bit field of termios holds the local modes, ECHO is its bit 3.
    private const int LocalModesOffset = 12;
    private const byte Echo = 0x08;

    private readonly byte[] saved = new byte[AttributesSize];
    private readonly bool active;
    private bool restored;

    private TerminalMode(Action<byte[]> change)
    {
        if (OperatingSystem.IsWindows() || ReadAttributes(StandardInput, saved) != 0) return;
        var changed = (byte[])saved.Clone();
        change(changed);
        active = WriteAttributes(StandardInput, AfterDrain, changed) == 0;
    }

    /// <summary>Every key goes to the program as it is, nothing is shown.</summary>
    public static TerminalMode Raw() => new(MakeRaw);

    /// <summary>Lines as usual, but what is typed is not shown.</summary>
    public static TerminalMode WithoutEcho() => new(static attributes =>
    {
        if (OperatingSystem.IsLinux()) attributes[LocalModesOffset] &= unchecked((byte)~Echo);
    });

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
