namespace Kontena.Contracts.Http;

/// <summary>Answer of <c>GET /</c> (rest-api.md §4).</summary>
public sealed record MasterJson(string Name, string Tagline, string Version);

/// <summary>Answer of <c>GET /v1/ping</c>.</summary>
public sealed record PingJson(string Message);

/// <summary>Answer of <c>GET /v1/user</c> (§6).</summary>
public sealed record UserJson
{
    public string Id { get; init; } = "";
    public string Email { get; init; } = "";
    public string? Name { get; init; }
    public IReadOnlyList<RoleJson> Roles { get; init; } = [];
}

public sealed record RoleJson(string Name, string? Description);

public sealed record UsersJson(IReadOnlyList<UserJson> Users);
