using System.Security.Cryptography;
using System.Text;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Identity;
using Kontena.Core.Ids;
using Kontena.GridManager.Decisions;
using Kontena.Hosting;
using Kontena.State;
using Kontena.State.Documents;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.GridManager.Users;

/// <summary>The code that the first start makes: given by a setting, or a random one that is printed.</summary>
internal sealed record FirstCodeOptions(string? Given)
{
    private const string Key = "Kontena:Users:InitialAdminCode";

    public static FirstCodeOptions From(IConfiguration configuration)
    {
        var given = configuration[Key]?.Trim();
        if (!string.IsNullOrEmpty(given) && given.Length is < 16 or > 256)
            throw new SettingException(Key, "must have 16 to 256 characters", "the output of: openssl rand -hex 16");
        return new FirstCodeOptions(string.IsNullOrEmpty(given) ? null : given);
    }
}

/// <summary>Makes, once for an installation, a code with which the administrator logs in: <c>kontena master login --code</c> (rest-api.md §3.4).</summary>
internal sealed class FirstCode(FirstCodeOptions options, GridLedger ledger, TimeProvider time, ILogger<FirstCode> logger) : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = TimeSpan.FromMilliseconds(250);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await EnsureAsync(Console.Out, stoppingToken);
                return;
            }
            catch (Exception exception) when (exception is StateUnavailableException or StateConflictException)
            {
                logger.LogWarning("The administrator's first code can't be made yet, trying again in {Pause}: {Reason}", pause, exception.Message);
                await Task.Delay(pause, time, stoppingToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    /// <summary>Printed after the commit: a code that is shown is one that works.</summary>
    internal async Task EnsureAsync(TextWriter console, CancellationToken cancellationToken)
    {
        // Begins with a letter: the original client turns an answer of digits alone into a number (rest-api.md §3.5).
        var code = options.Given ?? "c" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var result = await ledger.DecideAboutUsersAsync(
            (store, cancelled) => store.GetAsync(StateKeys.FirstCodeMade, StateKeys.System, "first", cancelled),
            (made, now) => made is null ? Decide(code, now, ObjectId.New(time)) : Decision.Unchanged(), cancellationToken);
        if (result.CreatedId is not null && options.Given is null)
        {
            await console.WriteLineAsync(
                $"code for the administrator's first login, shown this once and good for {UserRules.CodeLife.TotalHours:0} hours: kontena master login --code {code} URL");
        }
    }

    internal static Decision<CommandResult> Decide(string code, DateTimeOffset now, string id) => new(
        CommandResult.Done(id),
        new CommitBatch(StateKeys.System)
            .Put(StateKeys.FirstCodeMade, new FirstCodeMade { At = now }, 0)
            .Put(StateKeys.AuthorizationCode, new AuthorizationCode
            {
                Id = id,
                UserId = User.Administrator.Id,
                CodeHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(code))),
                Scopes = TokenScopes.All,
                RedeemBefore = now + UserRules.CodeLife,
                CreatedAt = now,
            }, 0),
        ["code for the administrator's first login made"]);
}
