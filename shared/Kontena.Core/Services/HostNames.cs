using Kontena.Contracts.Services;

namespace Kontena.Core.Services;

/// <summary>The names under which containers are found in the grid.</summary>
public static class HostNames
{
    /// <summary>What a Linux host name may have (rest-api.md §12.3).</summary>
    public const int MaxLength = 64;

    /// <summary><c>grid.kontena.local</c>, or <c>stack.grid.kontena.local</c>.</summary>
    public static string Domain(string grid, string stack) =>
        stack == Service.NoStack ? $"{grid}.kontena.local" : $"{stack}.{grid}.kontena.local";

    /// <summary><c>web-2.stack.grid.kontena.local</c>.</summary>
    public static string OfInstance(string grid, string stack, string service, int number) =>
        $"{service}-{number}.{Domain(grid, stack)}";
}
