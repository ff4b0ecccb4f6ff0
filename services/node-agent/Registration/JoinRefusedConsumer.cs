using Kontena.Contracts.Nodes;
using Kontena.NodeAgent.Reports;
using MassTransit;

namespace Kontena.NodeAgent.Registration;

/// <summary>Join refused: told in the log and in <c>/readyz</c>, asked again slowly. Containers keep running.</summary>
internal sealed class JoinRefusedConsumer(NodeMembership membership, ReportBoard board) : IConsumer<JoinRefused>
{
    public Task Consume(ConsumeContext<JoinRefused> context)
    {
        if (context.Message.Run is not { } run || run == board.Run)
            membership.Refuse(context.Message.Reason, context.Message.Duplicate);
        return Task.CompletedTask;
    }
}
