using Kontena.Contracts.Commands;
using Kontena.Contracts.Services;
using Kontena.Core.Services;

namespace Kontena.Core.Tests.Services;

internal static class Some
{
    public static readonly DateTimeOffset Day = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly ServiceRequest Request = new() { Name = "web", Image = "acme/web:1", Stateful = false };

    public static readonly ServiceSurroundings Around = new()
    {
        Grid = "prod",
        Stack = "shop",
        Stacks = new HashSet<string> { "shop", "other" },
        Services = new HashSet<string> { "shop/db", "other/cache", "null/mail" },
        Secrets = new HashSet<string> { "DB_PASS" },
    };

    public static Service Service(ServiceSpec spec) => new()
    {
        Grid = "prod",
        Stack = "shop",
        Name = "web",
        Uid = "000000000000000000000001",
        Spec = spec,
        State = ServiceState.Running,
        CreatedAt = Day,
        UpdatedAt = Day,
    };

    public static string Show(IEnumerable<FieldError> errors) =>
        string.Join("; ", errors.Select(error => $"{string.Join('.', error.Path)}: {error.Message}"));
}
