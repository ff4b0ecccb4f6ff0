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

    // TIOCGWINSZ on Linux.
    private const uint GetWindowSize = 0x5413;

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

    /// <summary>Columns and rows of the terminal on any of the standard streams; null when none is one.</summary>
    public static (int Width, int Height)? WindowSize()
    {
        if (!OperatingSystem.IsLinux()) return null;
        for (var descriptor = 0; descriptor <= 2; descriptor++)
            if (Control(descriptor, GetWindowSize, out var size) == 0 && size.Columns > 0) return (size.Columns, size.Rows);
        return null;
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

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int descriptor, nuint request, out WindowSizeOf size);

    /// <summary>struct winsize.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSizeOf
    {
        public ushort Rows;
        public ushort Columns;
        public ushort WidthPixels;
        public ushort HeightPixels;
    }
}
