namespace Kontena.Contracts.Http;

/// <summary>The login at an image registry on HTTP, without its password (rest-api.md §15).</summary>
public sealed record ExternalRegistryJson
{
    /// <summary><c>grid/host[:port]</c>.</summary>
    public string Id { get; init; } = "";

    /// <summary><c>host[:port]</c>.</summary>
    public string Name { get; init; } = "";
    public string Url { get; init; } = "";
    public string Username { get; init; } = "";
    public string? Email { get; init; }
}

public sealed record ExternalRegistriesJson(IReadOnlyList<ExternalRegistryJson> ExternalRegistries);

/// <summary>Body of the creation of a login at a registry. Null means "not given".</summary>
public sealed record ExternalRegistryRequest
{
    /// <summary><c>http://</c> or <c>https://</c>, a host name or IPv4 address, a port where it is another than 80 and 443.</summary>
    public string? Url { get; init; }
    public string? Username { get; init; }

    /// <summary>Trimmed; at most 16 KiB of UTF-8. Never shown.</summary>
    public string? Password { get; init; }
    public string? Email { get; init; }

    /// <summary>Without the password: this must not get into a log by being written out.</summary>
    public override string ToString() => $"{nameof(ExternalRegistryRequest)} {Url}";
}
