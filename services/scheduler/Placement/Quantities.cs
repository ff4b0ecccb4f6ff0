using System.Globalization;

namespace Kontena.Scheduler.Placement;

/// <summary>Memory and cores as people read them in a refusal.</summary>
internal static class Quantities
{
    private const long Mega = 1024 * 1024;

    public static string Memory(long bytes) => bytes >= Mega
        ? (bytes / (double)Mega).ToString("0.#", CultureInfo.InvariantCulture) + " MB"
        : bytes.ToString(CultureInfo.InvariantCulture) + " bytes";

    public static string Cpus(double cpus) => cpus.ToString("0.##", CultureInfo.InvariantCulture);
}
