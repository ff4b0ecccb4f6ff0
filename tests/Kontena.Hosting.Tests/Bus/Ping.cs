namespace Kontena.Hosting.Tests.Bus;

public sealed record Ping
{
    public required string Text { get; init; }
    public PingColour Colour { get; init; }
    public string? Missing { get; init; }
}

public enum PingColour
{
    Blue,
    Green,
}

public sealed record Pong
{
    public required string Text { get; init; }
    public PingColour Colour { get; init; }
}

public sealed record Unwanted
{
    public string Text { get; init; } = "";
}
