using Kontena.Contracts.Exec;
using MassTransit;

namespace Kontena.NodeAgent.Exec;

internal sealed class ExecInputConsumer(ExecSessions sessions) : IConsumer<ExecInput>
{
    public Task Consume(ConsumeContext<ExecInput> context)
    {
        sessions.Input(context.Message);
        return Task.CompletedTask;
    }
}
