namespace Kontena.Contracts.Http;

/// <summary>A secret on HTTP with its value (rest-api.md §16).</summary>
public sealed record SecretValueJson
{
    /// <summary><c>grid/name</c>.</summary>
    public string Id { get; init; } = "";
    public string Name { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }
    public string Value { get; init; } = "";

    /// <summary>Which services ask for it.</summary>
    public IReadOnlyList<NamedIdJson> Services { get; init; } = [];

    /// <summary>Without the value: this must not get into a log by being written out.</summary>
    public override string ToString() => $"{nameof(SecretValueJson)} {Id}";
}

/// <summary>A secret in a list: without its value.</summary>
public sealed record SecretEntryJson
{
    /// <summary><c>grid/name</c>.</summary>
    public string Id { get; init; } = "";
    public string Name { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The creation as long as the value is the first.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Which services ask for it.</summary>
    public IReadOnlyList<NamedIdJson> Services { get; init; } = [];
}

public sealed record SecretsJson(IReadOnlyList<SecretEntryJson> Secrets);

/// <param name="Id">The path form of the id.</param>
/// <param name="Name">The name alone.</param>
public sealed record NamedIdJson(string Id, string Name);

/// <summary>Body of secret create and update. Null means "not given".</summary>
public sealed record SecretWriteRequest
{
    public string? Name { get; init; }

    /// <summary>Trimmed; at most 256 KiB of UTF-8.</summary>
    public string? Value { get; init; }

    /// <summary>PUT creates it when there is none.</summary>
    public bool? Upsert { get; init; }

    /// <summary>Without the value: this must not get into a log by being written out.</summary>
    public override string ToString() => $"{nameof(SecretWriteRequest)} {Name}";
}
