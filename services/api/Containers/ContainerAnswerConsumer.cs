using Kontena.Contracts.Exec;
using Kontena.Hosting.Bus;
using MassTransit;

namespace Kontena.Api.Containers;

/// <summary>Hands what a node says of a container to the request that waits for it; on the queue of the output of exec sessions.</summary>
internal sealed class ContainerAnswerConsumer(ContainerQuestions questions) : IConsumer<ContainerAnswer>
{
    public Task Consume(ConsumeContext<ContainerAnswer> context)
    {
        questions.Deliver(context.Message, context.SentBy());
        return Task.CompletedTask;
    }
}
