using Kontena.Contracts.Nodes;
using MassTransit;

namespace Kontena.NodeAgent.Registration;

/// <summary>Join refused: told in the log and in <c>/readyz</c>, asked again slowly. Containers keep running.</summary>
internal sealed class JoinRefusedConsumer(NodeMembership membership) : IConsumer<JoinRefused>
{
    public Task Consume(ConsumeContext<JoinRefused> context)
    {
        membership.Refuse(context.Message.Reason);
        return Task.CompletedTask;
    }
}
