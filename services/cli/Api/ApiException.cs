namespace Kontena.Cli.Api;

/// <summary>The master answered with something other than success (rest-api.md §2).</summary>
internal sealed class ApiException(int status, string message, IReadOnlyList<string> details, string? remedy = null)
    : CliException(message, details, remedy)
{
    public int Status { get; } = status;
}
