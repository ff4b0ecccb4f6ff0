using Kontena.Contracts.Audit;
using Kontena.Contracts.Commands;
using Kontena.GridManager.Decisions;
using MassTransit;

namespace Kontena.GridManager.Audit;

/// <summary>Writes down that somebody is about to be shown the token of a node.</summary>
internal sealed class TokenNoteConsumer(GridLedger ledger) : IConsumer<NoteTokenShown>
{
    public async Task Consume(ConsumeContext<NoteTokenShown> context)
    {
        await ledger.NoteAsync(context.Message.Grid, context.CancellationToken);
        await context.RespondAsync(CommandResult.Done());
    }
}
