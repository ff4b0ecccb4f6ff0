using Kontena.Contracts.Exec;
using MassTransit;

namespace Kontena.NodeAgent.Questions;

/// <summary>Only hands on: the queue is shared with the input of exec sessions, which waits for nobody.</summary>
internal sealed class AskContainerConsumer(ContainerQuestions questions) : IConsumer<AskContainer>
{
    public Task Consume(ConsumeContext<AskContainer> context)
    {
        questions.Take(context.Message);
        return Task.CompletedTask;
    }
}
