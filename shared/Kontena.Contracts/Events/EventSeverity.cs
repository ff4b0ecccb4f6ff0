namespace Kontena.Contracts.Events;

/// <summary>How much an event matters, in the numbers of the original (rest-api.md §19.5).</summary>
public static class EventSeverity
{
    public const int Debug = 0;
    public const int Info = 1;

    /// <summary>Worth a look.</summary>
    public const int Warning = 2;

    /// <summary>Something did not work.</summary>
    public const int Error = 3;
}
