using Kontena.Core.Files;
using Kontena.Hosting;
using Kontena.State;
using Kontena.State.Backups;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Kontena.GridManager.Backups;

/// <summary><c>backup FILE</c> and <c>restore FILE [--replace]</c> in place of running the service: one command each for all that the platform knows.</summary>
/// <remarks>A backup is taken while everything runs. A restore needs the services stopped; containers and agents go on, and what runs is adopted when the
/// services are back (infra/docs/backup.md).</remarks>
public static class BackupCommand
{
    private const string Replace = "--replace";

    /// <summary>Whether the arguments ask for it; else the service is to run.</summary>
    public static bool IsMeant(string[] args) => args is ["backup" or "restore", ..];

    /// <param name="name">Of the program, for its messages and settings.</param>
    /// <param name="args">As given to the program.</param>
    /// <param name="cancellationToken">Ends it; a restore can be repeated with <c>--replace</c>.</param>
    /// <returns>The exit code: 0, 1 when it failed, 2 when it was called wrongly. Why is on standard error.</returns>
    public static async Task<int> RunAsync(string name, string[] args, CancellationToken cancellationToken = default)
    {
        var given = args[1..].Where(one => !one.StartsWith("--", StringComparison.Ordinal)).ToList();
        var flags = args[1..].Where(one => one.StartsWith("--", StringComparison.Ordinal) && !one.Contains('=', StringComparison.Ordinal)).ToList();
        var isRestore = args[0] == "restore";
        if (given.Count != 1 || flags.Exists(flag => flag != Replace || !isRestore))
        {
            await Console.Error.WriteLineAsync($"usage: {name} backup FILE\n       {name} restore FILE [{Replace}]");
            return 2;
        }

        var settings = KontenaApplicationBuilder.Create(name, [.. args[1..].Where(one => one.Contains('=', StringComparison.Ordinal))]).Configuration;
        try
        {
            return isRestore
                ? await RestoreAsync(settings, given[0], flags.Count > 0, cancellationToken)
                : await BackUpAsync(settings, given[0], cancellationToken);
        }
        catch (BackupException problem)
        {
            await Console.Error.WriteLineAsync($"{name}: {given[0]} is not restored: {problem.Message}");
        }
        catch (Exception problem) when (problem is StateUnavailableException or SettingException or OptionsValidationException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"{name}: {args[0]} of {given[0]} failed: {problem.Message}");
        }

        return 1;
    }

    private static async Task<int> BackUpAsync(IConfiguration settings, string file, CancellationToken cancellationToken)
    {
        var store = StateModule.OpenStore(settings, TimeProvider.System);
        using var closing = store as IDisposable;
        var backup = await BackupTaking.TakeAsync(store, KeptFiles.Read(settings), TimeProvider.System, cancellationToken);
        // Whole or not at all: the last good backup is not lost to a full disk.
        await DurableFile.WriteAsync(file, target => BackupFile.WriteAsync(target, backup, cancellationToken));
        Console.Out.WriteLine($"{file}: {Contents(backup)}, {new FileInfo(file).Length / 1024.0:0.0} KB. It holds tokens: keep it where only you can read it.");
        if (!backup.Header.Settled)
            Console.Out.WriteLine("Deploys were under way all the time: the backup holds them half done, and a restore brings them to their end.");
        return 0;
    }

    private static async Task<int> RestoreAsync(IConfiguration settings, string file, bool replace, CancellationToken cancellationToken)
    {
        Backup backup;
        await using (var source = File.OpenRead(file))
            backup = await BackupFile.ReadAsync(source, cancellationToken);
        var store = StateModule.OpenStore(settings, TimeProvider.System);
        using var closing = store as IDisposable;
        await BackupRestoring.RestoreAsync(store, backup, replace, cancellationToken);
        KeptFiles.Write(settings, backup.Files, replace);
        Console.Out.WriteLine($"restored {Contents(backup)} of {backup.Header.TakenAt:yyyy-MM-dd HH:mm:ss} UTC. Start the services: what runs on the nodes is adopted as it is.");
        return 0;
    }

    private static string Contents(Backup backup)
    {
        string Count(string kind, string one, string more)
        {
            var count = backup.Documents.Count(document => document.Kind == kind);
            return count == 1 ? $"1 {one}" : $"{count} {more}";
        }

        return string.Join(", ",
            Count(StateKeys.Grid.Name, "grid", "grids"), Count(StateKeys.Node.Name, "node", "nodes"), Count(StateKeys.Stack.Name, "stack", "stacks"),
            Count(StateKeys.Service.Name, "service", "services"), Count(StateKeys.Instance.Name, "instance", "instances"));
    }
}
