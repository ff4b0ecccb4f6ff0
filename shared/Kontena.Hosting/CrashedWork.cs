using Microsoft.Extensions.Hosting;

namespace Kontena.Hosting;

/// <summary>Finds out whether a process ends because a part of it crashed; the host stops everything then, as if it had been told to.</summary>
internal static class CrashedWork
{
    /// <summary>Asked when the end begins, before anything was told to stop: whatever has ended by then without success has crashed.</summary>
    /// <returns>One sentence; null when nothing crashed.</returns>
    public static string? Explain(IEnumerable<IHostedService> services)
    {
        foreach (var service in services.OfType<BackgroundService>())
        {
            if (service.ExecuteTask is not { IsCompleted: true, IsCompletedSuccessfully: false } work)
                continue;
            // A call that timed out shows as a cancellation that nobody asked for.
            var cause = work.Exception?.InnerException;
            return $"ended because {service.GetType().Name} failed: {cause?.Message ?? "a call timed out"} ({cause?.GetType().Name ?? "cancelled"})";
        }

        return null;
    }
}
