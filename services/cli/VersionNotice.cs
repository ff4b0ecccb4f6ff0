using Kontena.Contracts.Http;

namespace Kontena.Cli;

/// <summary>One line when client and master differ in major.minor (cli.md §3).</summary>
internal static class VersionNotice
{
    public static void Write(CliContext context, string? server)
    {
        if (MajorMinor(server) is not { } theirs || theirs == MajorMinor(ApiVersion.Announced)) return;
        context.Terminal.Error.WriteLine(context.ErrorPaint.Yellow(
            $"Warning: this client speaks the API of {ApiVersion.Announced} and the master is {server}; they may not understand each other fully."));
    }

    private static string? MajorMinor(string? version)
    {
        var parts = version?.Split('.') ?? [];
        return parts.Length >= 3 && parts.Take(2).All(part => part.Length > 0 && part.All(char.IsAsciiDigit)) ? $"{parts[0]}.{parts[1]}" : null;
    }
}
