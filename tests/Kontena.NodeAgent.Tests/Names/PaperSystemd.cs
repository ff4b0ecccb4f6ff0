using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Kontena.NodeAgent.Tests.Names;

/// <summary>systemd as a service sees it: a socket that takes what it is told, and the descriptors that come with it.</summary>
internal sealed class PaperSystemd : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public PaperSystemd(string directory)
    {
        Path = System.IO.Path.Combine(directory, "notify");
        _socket.Bind(new UnixDomainSocketEndPoint(Path));
        _socket.ReceiveTimeout = 1000;
    }

    public string Path { get; }

    /// <summary>What came, in order; the descriptor is -1 for what came without one.</summary>
    public IReadOnlyList<(string Text, int Descriptor)> Told()
    {
        var told = new List<(string, int)>();
        while (_socket.Available > 0)
            told.Add(Receive());
        return told;
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>A message of 64 bits: the vector, then room for a control message, then the message itself, then the text.</summary>
    private (string Text, int Descriptor) Receive()
    {
        var block = Marshal.AllocHGlobal(1024);
        try
        {
            for (var at = 0; at < 1024; at++)
                Marshal.WriteByte(block, at, 0);
            var (vector, control, message, letters) = (block, block + 64, block + 128, block + 256);
            Marshal.WriteIntPtr(vector, letters);
            Marshal.WriteIntPtr(vector, 8, 512);
            Marshal.WriteIntPtr(message, 16, vector);
            Marshal.WriteIntPtr(message, 24, 1);
            Marshal.WriteIntPtr(message, 32, control);
            Marshal.WriteIntPtr(message, 40, 24);
            var length = (int)ReceiveMessage((int)_socket.Handle, message, 0);
            if (length < 0)
                throw new SocketException(Marshal.GetLastPInvokeError());
            var text = Marshal.PtrToStringUTF8(letters, length);
            return (text, Marshal.ReadIntPtr(message, 40) >= 20 ? Marshal.ReadInt32(control, 16) : -1);
        }
        finally
        {
            Marshal.FreeHGlobal(block);
        }
    }

    [DllImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint ReceiveMessage(int socket, IntPtr message, int flags);
}
