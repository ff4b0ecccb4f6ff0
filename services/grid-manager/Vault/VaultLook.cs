using Kontena.State;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.GridManager.Vault;

/// <summary>Says once after the start, when the store answers, that the vault's keys are missing or wrong.</summary>
internal sealed partial class VaultLook(VaultKeys keys, TimeProvider time, ILogger<VaultLook> logger) : BackgroundService
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                if (await keys.ProblemAsync(stoppingToken) is { } problem)
                    LogClosed(problem);
                return;
            }
            catch (StateUnavailableException)
            {
                // Said by the store; there is no end to the wait but the service's own.
                await Task.Delay(Again, time, stoppingToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Secrets can't be written or read here: {Problem}")]
    private partial void LogClosed(string problem);
}
