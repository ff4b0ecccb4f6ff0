using System.Diagnostics;

namespace Kontena.EndToEnd.Platform;

/// <summary>What a command printed and how it ended.</summary>
internal sealed record CommandOutput(string CommandLine, int ExitCode, string Stdout, string Stderr)
{
    public string All => Stdout + Stderr;

    public override string ToString() => $"{CommandLine} → {ExitCode}\n{Stdout}{Stderr}";
}

/// <summary>Runs programs with a deadline, so that a hang is a failure that says which command hung.</summary>
internal static class Command
{
    public static async Task<CommandOutput> RunAsync(
        string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, TimeSpan limit, string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder ?? Repository.Root,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        var line = $"{Path.GetFileName(program)} {string.Join(' ', arguments)}";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{line} did not start");
        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(limit, TimeProvider.System);
        var stdout = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var stderr = process.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
            return new CommandOutput(line, process.ExitCode, await stdout, await stderr);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{line}' did not end within {limit.TotalSeconds:0} s");
        }
    }
}
