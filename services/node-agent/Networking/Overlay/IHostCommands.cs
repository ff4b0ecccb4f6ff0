namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>Runs programs of the host: <c>ip</c>, <c>wg</c>, <c>iptables</c> and their like.</summary>
internal interface IHostCommands
{
    /// <param name="command">What to run.</param>
    /// <param name="input">For its standard input; null for none.</param>
    /// <param name="cancellationToken">Ends the wait, and the program.</param>
    /// <returns>What came of it. A program that is not there has <see cref="CommandOutput.Missing"/> as its exit code.</returns>
    Task<CommandOutput> RunAsync(HostCommand command, string? input, CancellationToken cancellationToken);
}

/// <param name="Program">Looked for in <c>PATH</c> and the directories of system programs.</param>
internal sealed record HostCommand(string Program, params IReadOnlyList<string> Arguments)
{
    public override string ToString() => $"{Program} {string.Join(' ', Arguments)}";
}

/// <param name="Exit">0 when it went well.</param>
internal sealed record CommandOutput(int Exit, string Output, string Error)
{
    public const int Missing = 127;
    public const int TooLong = -1;
    public bool Ok => Exit == 0;
}
