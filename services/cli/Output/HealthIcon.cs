namespace Kontena.Cli.Output;

/// <summary>How something is, in one character.</summary>
internal enum Health
{
    Unknown,
    Healthy,
    Partial,
    Unhealthy,
}

internal static class HealthIcon
{
    public static string Of(Health health, Paint paint) => health switch
    {
        Health.Healthy => paint.Green("⊛"),
        Health.Partial => paint.Yellow("⊙"),
        Health.Unhealthy => paint.Red("⊗"),
        _ => paint.Dim("⊝"),
    };

    /// <summary>Of a service's health-check counts; unknown without a health check.</summary>
    public static Health OfCounts(int? healthy, int? total) => (healthy, total) switch
    {
        (null, _) or (_, null) or (_, 0) => Health.Unknown,
        var (up, all) when up >= all => Health.Healthy,
        (0, _) => Health.Unhealthy,
        _ => Health.Partial,
    };

    /// <summary>Of a stack, from its services (cli.md §8.3): healthy and unknown together are healthy.</summary>
    public static Health OfMany(IEnumerable<Health> parts)
    {
        var known = parts.Where(part => part != Health.Unknown).Distinct().ToList();
        return known.Count switch
        {
            0 => Health.Unknown,
            1 => known[0],
            _ => Health.Partial,
        };
    }
}
