using Kontena.Contracts.Services;

namespace Kontena.Core.Names;

/// <summary>The names of the grid's domain and what they are made of (runtime.md §3.14).</summary>
public static class DomainNames
{
    public const string Root = "kontena.local";

    public static string OfGrid(string grid) => $"{grid}.{Root}";

    /// <summary>The domain of a stack's services; that of the grid for services without one.</summary>
    public static string OfStack(string grid, string stack) => stack == Service.NoStack ? OfGrid(grid) : $"{stack}.{OfGrid(grid)}";

    /// <summary>The domain, then the domain without its first label: names of the own stack, then of the grid.</summary>
    public static IReadOnlyList<string> Search(string grid, string stack)
    {
        var domain = OfStack(grid, stack);
        return [domain, domain[(domain.IndexOf('.', StringComparison.Ordinal) + 1)..]];
    }

    public static string OfService(string grid, string stack, string service) => $"{service}.{OfStack(grid, stack)}";

    /// <summary>Of the service first, then of this instance alone; after those, what they are also called.</summary>
    public static IReadOnlyList<string> OfInstance(string grid, string stack, string service, int number, bool exposed)
    {
        var domain = OfStack(grid, stack);
        if (stack == Service.NoStack)
            return [$"{service}.{domain}", $"{service}-{number}.{domain}", $"{service}.{Root}", $"{service}-{number}.{Root}"];
        if (exposed)
            return [$"{service}.{domain}", $"{service}-{number}.{domain}", $"{stack}.{OfGrid(grid)}", $"{stack}-{number}.{OfGrid(grid)}"];
        return [$"{service}.{domain}", $"{service}-{number}.{domain}"];
    }
}
