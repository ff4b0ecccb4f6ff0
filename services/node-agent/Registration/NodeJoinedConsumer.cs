using Kontena.Contracts.Nodes;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Volumes;
using MassTransit;

namespace Kontena.NodeAgent.Registration;

/// <summary>The answer to a request to join; also tells of a changed name or address block.</summary>
internal sealed class NodeJoinedConsumer(NodeMembership membership, InstanceSupervisor supervisor, VolumeReporter volumes) : IConsumer<NodeJoined>
{
    public async Task Consume(ConsumeContext<NodeJoined> context)
    {
        await membership.AcceptAsync(context.Message, context.CancellationToken);
        supervisor.PokeAll();
        volumes.TellAll();
    }
}
