namespace Kontena.Core.Volumes;

/// <summary>Names of volume drivers with and without their version: <c>rexray/ebs:0.11</c> and <c>rexray/ebs:0.12</c> are one driver, so that a plugin that
/// was upgraded still holds what it held (runtime.md §9.5 M12).</summary>
public static class DriverNames
{
    /// <summary>The name without its version.</summary>
    public static string NameOf(string driver) => TagAt(driver) is >= 0 and var tag ? driver[..tag] : driver;

    /// <summary>The version; null without.</summary>
    public static string? VersionOf(string driver) => TagAt(driver) is >= 0 and var tag && tag < driver.Length - 1 ? driver[(tag + 1)..] : null;

    // The port of a registry is before the last slash.
    private static int TagAt(string driver) => driver.IndexOf(':', Math.Max(0, driver.LastIndexOf('/')));
}
