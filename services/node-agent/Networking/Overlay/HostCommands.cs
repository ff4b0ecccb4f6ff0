using System.ComponentModel;
using System.Diagnostics;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>The programs themselves. Each has ten seconds; one that hangs is ended.</summary>
internal sealed class HostCommands(TimeProvider time) : IHostCommands
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private static readonly string[] SystemDirectories = ["/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/local/bin"];

    public async Task<CommandOutput> RunAsync(HostCommand command, string? input, CancellationToken cancellationToken)
    {
        if (SystemDirectories.Select(directory => Path.Combine(directory, command.Program)).FirstOrDefault(File.Exists) is not { } path)
            return new CommandOutput(CommandOutput.Missing, "", $"{command.Program} is not installed");
        var start = new ProcessStartInfo(path, command.Arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false, WorkingDirectory = "/",
        };
        start.Environment["LC_ALL"] = "C";
        using var due = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, cancellationToken);
        try
        {
            using var process = Process.Start(start)!;
            try
            {
                await GiveAsync(process, input, either.Token);
                var output = process.StandardOutput.ReadToEndAsync(either.Token);
                var error = process.StandardError.ReadToEndAsync(either.Token);
                await process.WaitForExitAsync(either.Token);
                return new CommandOutput(process.ExitCode, await output, (await error).Trim());
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                cancellationToken.ThrowIfCancellationRequested();
                return new CommandOutput(CommandOutput.TooLong, "", $"{command.Program} did not end within {Longest.TotalSeconds:0} s");
            }
        }
        catch (Win32Exception error)
        {
            return new CommandOutput(CommandOutput.Missing, "", error.Message);
        }
    }

    /// <summary>One that ends before it has read everything says why on its standard error.</summary>
    private static async Task GiveAsync(Process process, string? input, CancellationToken cancellationToken)
    {
        try
        {
            if (input is not null)
                await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
        }
    }
}
