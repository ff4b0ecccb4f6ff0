using Kontena.Contracts.Audit;
using Kontena.Contracts.Commands;
using Kontena.GridManager.Decisions;
using MassTransit;

namespace Kontena.GridManager.Audit;

/// <summary>Writes down what others are about to do, before they do it.</summary>
internal sealed class NoteConsumer(GridLedger ledger) : IConsumer<NoteExec>
{
    public async Task Consume(ConsumeContext<NoteExec> context)
    {
        await ledger.NoteAsync(context.Message.Grid, context.CancellationToken);
        await context.RespondAsync(CommandResult.Done());
    }
}
