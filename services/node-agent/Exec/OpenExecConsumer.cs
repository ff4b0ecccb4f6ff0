using Kontena.Contracts.Exec;
using MassTransit;

namespace Kontena.NodeAgent.Exec;

internal sealed class OpenExecConsumer(ExecSessions sessions) : IConsumer<OpenExec>
{
    public Task Consume(ConsumeContext<OpenExec> context)
    {
        sessions.Open(context.Message);
        return Task.CompletedTask;
    }
}
