namespace Kontena.Cli;

internal static class CliVersion
{
    /// <summary>The version of this client, e.g. <c>0.1.0</c>.</summary>
    public static string Text { get; } = typeof(CliVersion).Assembly.GetName().Version is { } version
        ? $"{version.Major}.{version.Minor}.{version.Build}"
        : "0.0.0";
}
