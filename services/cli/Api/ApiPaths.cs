namespace Kontena.Cli.Api;

/// <summary>Names on the command line to paths of the API (cli.md §6.5).</summary>
internal static class ApiPaths
{
    public static string Grid(string grid) => $"grids/{Segment(grid)}";

    public static string Node(string grid, string node) => $"nodes/{Segment(grid)}/{Segment(node)}";

    public static string NodeToken(string grid, string node) => $"{Node(grid, node)}/token";

    public static string Stack(string grid, string stack) => $"stacks/{Segment(grid)}/{Segment(stack)}";

    public static string Volumes(string grid) => $"volumes/{Segment(grid)}";

    public static string Volume(string grid, string volume) => $"volumes/{Segment(grid)}/{Segment(volume)}";

    public static string Secrets(string grid) => $"grids/{Segment(grid)}/secrets";

    public static string Secret(string grid, string secret) => $"secrets/{Segment(grid)}/{Segment(secret)}";

    public static string Registries(string grid) => $"grids/{Segment(grid)}/external_registries";

    public static string Registry(string grid, string registry) => $"external_registries/{Segment(grid)}/{Segment(registry)}";

    public static string Integration(string name) => $"integrations/{Segment(name)}";

    /// <summary><c>name</c> is a service of no stack, <c>stack/name</c> of the current grid, <c>grid/stack/name</c> of any.</summary>
    public static string Service(string grid, string service) => $"services/{ServiceId(grid, service)}";

    public static string ServiceId(string grid, string service)
    {
        var parts = service.Split('/');
        return parts.Length switch
        {
            1 => $"{Segment(grid)}/null/{Segment(parts[0])}",
            2 => $"{Segment(grid)}/{Segment(parts[0])}/{Segment(parts[1])}",
            3 => $"{Segment(parts[0])}/{Segment(parts[1])}/{Segment(parts[2])}",
            _ => throw new CliException($"Invalid service name {service}: expected name, stack/name or grid/stack/name"),
        };
    }

    /// <summary><c>node/container</c>, or with the grid in front.</summary>
    public static string Container(string grid, string container)
    {
        var parts = container.Split('/');
        return parts.Length switch
        {
            2 => $"containers/{Segment(grid)}/{Segment(parts[0])}/{Segment(parts[1])}",
            3 => $"containers/{Segment(parts[0])}/{Segment(parts[1])}/{Segment(parts[2])}",
            _ => throw new CliException(
                $"Invalid container id {container}: expected NODE/NAME", remedy: "The containers there are: kontena container ls"),
        };
    }

    /// <summary>An id as the API gave it: its slashes separate, the rest is escaped.</summary>
    public static string Id(string id) => string.Join('/', id.Split('/').Select(Segment));

    /// <summary>A colon stays: it marks an engine id. Dots alone would lead to another path, and another path's command.</summary>
    private static string Segment(string text) => text.Length == 0
        ? throw new CliException("A name must not be empty")
        : text is "." or ".."
        ? throw new CliException($"'{text}' is not a name", remedy: "Names have letters, digits, - and _; see: kontena stack ls, kontena service ls")
        : Uri.EscapeDataString(text).Replace("%3A", ":", StringComparison.Ordinal);
}
