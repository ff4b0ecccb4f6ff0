using Kontena.Api.Auth;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Stacks;
using Kontena.Hosting.Bus;

namespace Kontena.Api.Http;

/// <summary>Asks the services that own the facts, within <see cref="ApiOptions.CommandTimeout"/>, and turns a refusal into its HTTP answer.</summary>
internal sealed class Commands(IControlBus bus, ApiOptions options, IHttpContextAccessor requests)
{
    /// <returns>The id of what was created, where there is one.</returns>
    public async Task<string?> AskGridManagerAsync<T>(T command, CancellationToken cancellationToken)
        where T : class =>
        Accept(await AskAsync<T, CommandResult>(Destination.GridManager, "grid-manager", command, cancellationToken));

    /// <returns>The whole answer to a command that was carried out.</returns>
    public async Task<CommandResult> AskGridManagerFullyAsync<T>(T command, CancellationToken cancellationToken)
        where T : class
    {
        var result = await AskAsync<T, CommandResult>(Destination.GridManager, "grid-manager", command, cancellationToken);
        Accept(result);
        return result;
    }

    /// <summary>A question or command with an answer of its own; see <see cref="Require"/>.</summary>
    public Task<TReply> AskGridManagerAsync<T, TReply>(T question, CancellationToken cancellationToken)
        where T : class
        where TReply : class =>
        AskAsync<T, TReply>(Destination.GridManager, "grid-manager", question, cancellationToken);

    /// <returns>The services to deploy, in order.</returns>
    public async Task<IReadOnlyList<string>> ApplyRevisionAsync(string grid, string stack, CancellationToken cancellationToken)
    {
        var applied = await AskAsync<ApplyStackRevision, StackRevisionApplied>(
            Destination.GridManager, "grid-manager", new ApplyStackRevision { Grid = grid, Stack = stack }, cancellationToken);
        Accept(applied.Result);
        return applied.Services;
    }

    /// <summary>What a stack's change would be; nothing is changed.</summary>
    public async Task<StackPlanned> PlanStackAsync(PlanStack question, CancellationToken cancellationToken)
    {
        var planned = await AskAsync<PlanStack, StackPlanned>(Destination.GridManager, "grid-manager", question, cancellationToken);
        Accept(planned.Result);
        return planned;
    }

    /// <summary>Exchanges a token.</summary>
    public async Task<NodeEnrolled> EnrolAsync(EnrolNode request, CancellationToken cancellationToken)
    {
        var enrolled = await AskAsync<EnrolNode, NodeEnrolled>(Destination.GridManager, "grid-manager", request, cancellationToken);
        if (enrolled.IsBusy)
            throw HttpRefusal.Away(string.Join("; ", enrolled.Result.Errors.Select(error => error.Message)));
        Accept(enrolled.Result);
        return enrolled;
    }

    /// <exception cref="HttpRefusal">It was refused.</exception>
    public static void Require(CommandResult result) => Accept(result);

    /// <inheritdoc cref="AskGridManagerAsync"/>
    public async Task<string?> AskSchedulerAsync<T>(string grid, T command, CancellationToken cancellationToken)
        where T : class =>
        Accept(await AskAsync<T, CommandResult>(Destination.Scheduler(grid), "the scheduler", command, cancellationToken));

    /// <returns>The whole answer to a command that was carried out.</returns>
    public async Task<CommandResult> AskSchedulerFullyAsync<T>(string grid, T command, CancellationToken cancellationToken)
        where T : class
    {
        var result = await AskAsync<T, CommandResult>(Destination.Scheduler(grid), "the scheduler", command, cancellationToken);
        Accept(result);
        return result;
    }

    /// <summary>A question to the scheduler that changes nothing.</summary>
    public Task<TReply> AskSchedulerAsync<T, TReply>(string grid, T question, CancellationToken cancellationToken)
        where T : class
        where TReply : class =>
        AskAsync<T, TReply>(Destination.Scheduler(grid), "the scheduler", question, cancellationToken);

    private async Task<TReply> AskAsync<TRequest, TReply>(
        Destination destination, string who, TRequest command, CancellationToken cancellationToken)
        where TRequest : class
        where TReply : class
    {
        try
        {
            return await bus.AskAsync<TRequest, TReply>(destination, command, options.CommandTimeout, requests.HttpContext?.Asker(), cancellationToken);
        }
        catch (TimeoutException)
        {
            throw HttpRefusal.Away(
                $"{who} did not answer within {options.CommandTimeout.TotalSeconds:0} s: it or the message broker is away. Whether the command " +
                "still takes effect is unknown; look, and try again in a moment");
        }
    }

    private static string? Accept(CommandResult result) => result.Outcome switch
    {
        CommandOutcome.Done => result.CreatedId,
        CommandOutcome.NotFound => throw HttpRefusal.NotFound(result.Errors is [var first, ..] ? first.Message : "Not found"),
        _ => throw HttpRefusal.Invalid(ErrorTree.Of(result.Errors)),
    };
}
