using Kontena.Contracts.Services;

namespace Kontena.Scheduler.InstanceSpecs;

/// <summary>How services and instances are called in containers, DNS and texts (runtime.md §3.8, §3.14).</summary>
internal static class InstanceNames
{
    private const string Root = "kontena.local";

    /// <summary><c>stack.service</c>, or <c>service</c> without a stack.</summary>
    public static string QualifiedService(string stack, string service) => stack == Service.NoStack ? service : $"{stack}.{service}";

    /// <summary><c>stack.service-N</c>, or <c>service-N</c> without a stack.</summary>
    public static string Container(string stack, string service, int number) => $"{QualifiedService(stack, service)}-{number}";

    /// <summary><c>grid/stack/service</c>, as clients know it.</summary>
    public static string Path(string grid, string stack, string service) => $"{grid}/{stack}/{service}";

    public static string Domain(string grid, string stack) =>
        stack == Service.NoStack ? $"{grid}.{Root}" : $"{stack}.{grid}.{Root}";

    /// <summary>The domain, then the domain without its first label: names of the own stack, then of the grid.</summary>
    public static IReadOnlyList<string> Search(string grid, string stack)
    {
        var domain = Domain(grid, stack);
        return [domain, domain[(domain.IndexOf('.', StringComparison.Ordinal) + 1)..]];
    }

    public static IReadOnlyList<string> Dns(string grid, string stack, string service, int number, bool exposed)
    {
        var domain = Domain(grid, stack);
        var names = new List<string> { $"{service}.{domain}", $"{service}-{number}.{domain}" };
        if (stack == Service.NoStack)
            names.AddRange([$"{service}.{Root}", $"{service}-{number}.{Root}"]);
        else if (exposed)
            names.AddRange([$"{stack}.{grid}.{Root}", $"{stack}-{number}.{grid}.{Root}"]);
        return names;
    }
}
