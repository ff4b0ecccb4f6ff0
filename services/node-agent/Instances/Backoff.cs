namespace Kontena.NodeAgent.Instances;

/// <summary>How long to wait after an exit or a failed step (runtime.md §3.3).</summary>
internal static class Backoff
{
    /// <summary>A container that stayed up this long starts counting from zero.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>0, 1, 4, 9, 16, 25, 30, 30, … seconds after the first, second, third … exit.</summary>
    public static TimeSpan AfterExit(int exitsBefore)
    {
        var seconds = (double)exitsBefore * exitsBefore;
        return seconds < Longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : Longest;
    }

    /// <summary>1, 4, 9, 16, 25, 30, 30, … seconds: nothing has changed yet, so not at once.</summary>
    public static TimeSpan AfterFailure(int failuresBefore) => AfterExit(failuresBefore + 1);
}
