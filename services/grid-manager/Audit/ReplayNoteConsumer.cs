using Kontena.Contracts.Audit;
using Kontena.Contracts.Commands;
using Kontena.GridManager.Decisions;
using Kontena.State;
using MassTransit;

namespace Kontena.GridManager.Audit;

/// <summary>Writes down that somebody is about to send dead letters on their way again. What the letters ask for is written down where it is carried out, for who asked then.</summary>
internal sealed class ReplayNoteConsumer(GridLedger ledger) : IConsumer<NoteReplay>
{
    public async Task Consume(ConsumeContext<NoteReplay> context)
    {
        await ledger.NoteAsync(StateKeys.System, context.CancellationToken);
        await context.RespondAsync(CommandResult.Done());
    }
}
