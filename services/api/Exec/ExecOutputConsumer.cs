using Kontena.Contracts.Exec;
using Kontena.Hosting.Bus;
using MassTransit;

namespace Kontena.Api.Exec;

/// <summary>Hands what a node sends to the session it belongs to. Never waits for a client.</summary>
internal sealed class ExecOutputConsumer(ExecSessions sessions) : IConsumer<ExecOutput>
{
    public static BusEndpoint Endpoint(ExecProcess process) => new(process.Queue)
    {
        Consumers = [typeof(ExecOutputConsumer)],
        Temporary = true,
        Prefetch = 64,
        Concurrency = 1,
    };

    public Task Consume(ConsumeContext<ExecOutput> context)
    {
        sessions.Deliver(context.Message);
        return Task.CompletedTask;
    }
}
