using Kontena.Core.Naming;
using Kontena.Hosting;
using Microsoft.Extensions.Configuration;

namespace Kontena.GridManager.Grids;

/// <summary>The grid that must exist once grid-manager runs: <c>Kontena:Grid:Name</c> and <c>Kontena:Grid:Token</c>.</summary>
/// <param name="Name">Null: none.</param>
/// <param name="Token">Null: a random one.</param>
internal sealed record FirstGridOptions(string? Name, string? Token)
{
    public static FirstGridOptions From(IConfiguration configuration)
    {
        var name = configuration["Kontena:Grid:Name"]?.Trim();
        var token = configuration["Kontena:Grid:Token"]?.Trim();
        if (!string.IsNullOrEmpty(name) && !NameRules.IsGrid(name))
            throw new SettingException("Kontena:Grid:Name", "is not a grid name (3 to 63 letters, digits, _ or -)", "default");
        if (!string.IsNullOrEmpty(token) && token.Length is < 16 or > 256)
            throw new SettingException("Kontena:Grid:Token", "must have 16 to 256 characters", "the output of: openssl rand -base64 48");
        return new FirstGridOptions(string.IsNullOrEmpty(name) ? null : name, string.IsNullOrEmpty(token) ? null : token);
    }
}
