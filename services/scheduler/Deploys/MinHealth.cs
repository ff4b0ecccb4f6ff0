namespace Kontena.Scheduler.Deploys;

/// <summary>How many of N instances may be down during a deploy: <c>max(1, N − ceil(N × min_health))</c>, in whole numbers (runtime.md
/// §2.13 [OURS]).</summary>
internal static class MinHealth
{
    public static int MayBeDown(int instances, double minHealth)
    {
        // Thousandths: with binary fractions 10 × (1 − 0.8) is a little less than 2.
        var thousandths = (long)Math.Round(Math.Clamp(minHealth, 0, 1) * 1000);
        var up = ((instances * thousandths) + 999) / 1000;
        return (int)Math.Max(1, instances - up);
    }
}
