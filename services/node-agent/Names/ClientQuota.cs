using System.Collections.Concurrent;

namespace Kontena.NodeAgent.Names;

/// <summary>How much one client may ask: a flood of one is dropped before it costs an answer, and the others are served.</summary>
internal sealed class ClientQuota(TimeProvider time)
{
    /// <summary>Questions of one client in one window. The next begins with the first question after <see cref="Window"/>, so it is at most 40,000 a second.</summary>
    public const int PerWindow = 4000;
    public static readonly TimeSpan Window = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<uint, int> _asked = new();
    private long _began = time.GetTimestamp();

    public bool Enter(uint client)
    {
        if (time.GetElapsedTime(Volatile.Read(ref _began)) > Window)
        {
            Volatile.Write(ref _began, time.GetTimestamp());
            _asked.Clear();
        }

        return _asked.AddOrUpdate(client, 1, static (_, count) => count + 1) <= PerWindow;
    }
}
