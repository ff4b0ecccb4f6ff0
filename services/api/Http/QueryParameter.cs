namespace Kontena.Api.Http;

/// <summary>What the text of a query parameter is taken for.</summary>
internal enum QueryType
{
    Text,
    Integer,

    /// <summary>Counts when its text is exactly <c>true</c>.</summary>
    Truth,

    /// <summary>Counts when it is there, whatever its text.</summary>
    Presence,
    Time,

    /// <summary>Elements with commas between them.</summary>
    Commas,

    /// <summary>May be there several times.</summary>
    Repeated,
}

/// <summary>A query parameter that an operation reads. The original client also sends bare names (<c>?limit</c>), which count as not there unless presence is the meaning.</summary>
internal sealed record QueryParameter(string Name, QueryType Type, string Meaning)
{
    /// <summary>What holds when it is not there, as it would be written; null when nothing does.</summary>
    public string? Default { get; init; }
    public int? Least { get; init; }
    public int? Most { get; init; }

    /// <summary>The only texts with a meaning; empty for any.</summary>
    public IReadOnlyList<string> OneOf { get; init; } = [];

    /// <summary>Its text; null when it is not there or empty.</summary>
    public string? TextOf(HttpContext http) => TextOf(http.Request.Query);

    /// <inheritdoc cref="TextOf(HttpContext)"/>
    public string? TextOf(IQueryCollection query) => query[Name].ToString() is { Length: > 0 } text ? text : null;

    /// <summary>Whether it is set, in the meaning of its type.</summary>
    public bool IsSet(HttpContext http) =>
        Type == QueryType.Presence ? http.Request.Query.ContainsKey(Name) : http.Request.Query[Name] == "true";

    /// <summary>Each time it is there with a text.</summary>
    public IEnumerable<string> AllOf(HttpContext http) => http.Request.Query[Name].OfType<string>().Where(one => one.Length > 0);
}
