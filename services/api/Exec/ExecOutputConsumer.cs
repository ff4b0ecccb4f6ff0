using Kontena.Api.Containers;
using Kontena.Contracts.Exec;
using Kontena.Contracts.Messaging;
using Kontena.Hosting.Bus;
using MassTransit;

namespace Kontena.Api.Exec;

/// <summary>Hands what a node sends to the session it belongs to. Never waits for a client.</summary>
internal sealed class ExecOutputConsumer(ExecSessions sessions) : IConsumer<ExecOutput>
{
    public static BusEndpoint Endpoint(ExecProcess process) => new(process.Queue)
    {
        Consumers = [typeof(ExecOutputConsumer), typeof(ContainerAnswerConsumer)],
        // Old agents send to the queue itself, nodes with a broker user of their own through their exchange.
        Bindings = [new BusBinding(Queues.ExecOutput, Queues.ExecOutputKey(process.Id))],
        Temporary = true,
        Prefetch = 64,
        Concurrency = 1,
    };

    public Task Consume(ConsumeContext<ExecOutput> context)
    {
        sessions.Deliver(context.Message, context.SentBy());
        return Task.CompletedTask;
    }
}
