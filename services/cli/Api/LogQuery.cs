namespace Kontena.Cli.Api;

/// <summary>Which lines to read (rest-api.md §19.2). <see cref="Path"/> may already carry filters.</summary>
internal sealed record LogQuery
{
    public required string Path { get; init; }

    public int Limit { get; init; } = 100;

    public string? Since { get; init; }

    /// <summary>Only lines with a greater id; used to go on after a break.</summary>
    public string? From { get; init; }

    public bool Follow { get; init; }

    public string ToPath()
    {
        var query = $"{Path}{(Path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit={Limit}";
        if (From is not null) query += $"&from={Uri.EscapeDataString(From)}";
        else if (Since is not null) query += $"&since={Uri.EscapeDataString(Since)}";
        return Follow ? query + "&follow=1" : query;
    }
}
