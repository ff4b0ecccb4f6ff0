using Kontena.Hosting;
using Kontena.State;
using Microsoft.Extensions.Options;

namespace Kontena.GridManager.Vault;

/// <summary><c>rotate-vault-key [--drop-old]</c> in place of running the service (infra/docs/vault.md). The services may run.</summary>
public static class RotateVaultKeyCommand
{
    private const string Verb = "rotate-vault-key";
    private const string DropOld = "--drop-old";

    /// <summary>Whether the arguments ask for it; else the service is to run.</summary>
    public static bool IsMeant(string[] args) => args is [Verb, ..];

    /// <param name="name">Of the program, for its messages and settings.</param>
    /// <param name="args">As given to the program.</param>
    /// <param name="cancellationToken">Ends it; it can be repeated.</param>
    /// <returns>The exit code: 0, 1 when it failed, 2 when it was called wrongly. Why is on standard error.</returns>
    public static async Task<int> RunAsync(string name, string[] args, CancellationToken cancellationToken = default)
    {
        var words = args[1..].Where(one => !one.Contains('=', StringComparison.Ordinal)).ToList();
        if (words is not ([] or [DropOld]))
        {
            await Console.Error.WriteLineAsync($"usage: {name} {Verb} [{DropOld}]");
            return 2;
        }

        var settings = KontenaApplicationBuilder.Create(name, [.. args[1..].Where(one => one.Contains('=', StringComparison.Ordinal))]).Configuration;
        try
        {
            var store = StateModule.OpenStore(settings, TimeProvider.System);
            using var closing = store as IDisposable;
            var rotation = new VaultRotation(new VaultKeys(VaultOptions.From(settings), store, TimeProvider.System), store);
            Console.Out.WriteLine(words.Count > 0 ? await rotation.DropOldAsync(cancellationToken) : await rotation.RotateAsync(cancellationToken));
            return 0;
        }
        catch (Exception problem) when (problem is VaultClosedException or StateUnavailableException or StateConflictException or SettingException
            or OptionsValidationException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"{name}: {Verb} failed: {problem.Message}");
            return 1;
        }
    }
}
