using Kontena.Hosting.Bus;
using MassTransit;
using MassTransit.Middleware;
using MassTransit.Serialization;

namespace Kontena.Hosting.DeadLetters;

/// <summary>Ends of an in-memory queue: what fails, and what no consumer takes, goes to <see cref="InMemoryDeadLetters"/>.</summary>
internal static class KeepInMemory
{
    public static void Configure(IReceiveEndpointConfigurator endpoint, BusSide side, string queue, InMemoryDeadLetters letters)
    {
        endpoint.ConfigureError(pipe =>
        {
            // First of all whoever asked is told.
            pipe.UseFilter(new GenerateFaultFilter());
            pipe.UseExecute(context => letters.Add(queue + DeadLetterName.Error, context, context.ExceptionInfo.Message, Resend));
        });
        endpoint.ConfigureDeadLetter(pipe => pipe.UseExecute(context =>
            letters.Add(queue + DeadLetterName.Skipped, context, $"no consumer of '{queue}' takes this type", Resend)));

        async Task Resend(DeadLetterBody body, CancellationToken cancellationToken)
        {
            var target = await side.Bus.GetSendEndpoint(new Uri($"exchange:{queue}"));
            side.Backlog.Added(queue);
            await target.Send(
                new ReplayedLetter(),
                Pipe.Execute<SendContext<ReplayedLetter>>(context =>
                    context.Serializer = new CopyBodySerializer(body.ContentType, new BytesMessageBody(body.Bytes))),
                cancellationToken);
        }
    }

    /// <summary>Stands for the message while its own bytes are sent.</summary>
    internal sealed record ReplayedLetter;
}
