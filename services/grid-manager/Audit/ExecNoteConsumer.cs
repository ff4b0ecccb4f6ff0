using Kontena.Contracts.Audit;
using Kontena.Contracts.Commands;
using Kontena.GridManager.Decisions;
using MassTransit;

namespace Kontena.GridManager.Audit;

/// <summary>Writes down that somebody is about to run a command in a container.</summary>
internal sealed class ExecNoteConsumer(GridLedger ledger) : IConsumer<NoteExec>
{
    public async Task Consume(ConsumeContext<NoteExec> context)
    {
        await ledger.NoteAsync(context.Message.Grid, context.CancellationToken);
        await context.RespondAsync(CommandResult.Done());
    }
}
