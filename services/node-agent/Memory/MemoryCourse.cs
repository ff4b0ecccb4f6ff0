namespace Kontena.NodeAgent.Memory;

/// <summary>From how much is allocated, looked at every few seconds, to when work has ended that was worth giving memory back after.</summary>
internal sealed class MemoryCourse
{
    /// <summary>Allocated since the last return; less left little behind. At rest it takes minutes.</summary>
    public const long Worth = 16 << 20;

    /// <summary>Between two looks; more is work that goes on, and takes the memory again at once.</summary>
    public const long Calm = 2 << 20;

    /// <summary>Everything stands still for it, some milliseconds per 10 MB: a larger heap, of a process that is more than an agent, is left to the collector.</summary>
    public const long Largest = 64 << 20;

    private long _atReturn;
    private long _atLook;

    /// <param name="allocated">Bytes since the process began.</param>
    /// <param name="heap">Bytes of the heap now.</param>
    public bool IsTimeToReturn(long allocated, long heap)
    {
        var isCalm = allocated - _atLook <= Calm;
        _atLook = allocated;
        if (!isCalm || allocated - _atReturn < Worth || heap > Largest)
            return false;
        _atReturn = allocated;
        return true;
    }
}
