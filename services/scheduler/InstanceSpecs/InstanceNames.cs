using Kontena.Contracts.Services;

namespace Kontena.Scheduler.InstanceSpecs;

/// <summary>How services and instances are called in containers and texts (runtime.md §3.8).</summary>
internal static class InstanceNames
{
    /// <summary><c>stack.service</c>, or <c>service</c> without a stack.</summary>
    public static string QualifiedService(string stack, string service) => stack == Service.NoStack ? service : $"{stack}.{service}";

    /// <summary><c>stack.service-N</c>, or <c>service-N</c> without a stack.</summary>
    public static string Container(string stack, string service, int number) => $"{QualifiedService(stack, service)}-{number}";

    /// <summary><c>grid/stack/service</c>, as clients know it.</summary>
    public static string Path(string grid, string stack, string service) => $"{grid}/{stack}/{service}";
}
