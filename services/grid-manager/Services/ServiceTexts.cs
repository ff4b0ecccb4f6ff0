using Kontena.Contracts.Services;

namespace Kontena.GridManager.Services;

/// <summary>Sentences about services that more than one decision says.</summary>
internal static class ServiceTexts
{
    public static string Missing(string grid, string stack, string service) => $"Service {grid}/{stack}/{service} does not exist";

    /// <summary>For lists in sentences: <c>web/db</c>, or <c>db</c> without a stack.</summary>
    public static string Short(Service service) => service.Stack == Service.NoStack ? service.Name : $"{service.Stack}/{service.Name}";
}
