using Kontena.Contracts.Instances;
using Kontena.NodeAgent.Networking;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing.Docker;
using Xunit;

namespace Kontena.NodeAgent.Tests.RealEngine;

/// <summary>A node whose block of the grid's subnet has more containers than addresses.</summary>
[Collection("real engine")]
public sealed class FullBlockTests(DockerEngine docker)
{
    private const string Grid = "full";

    /// <summary>Eight addresses less the network's own, the broadcast and the gateway.</summary>
    private const string Block = "10.82.7.0/29";
    private const int Room = 5;

    [Fact]
    public async Task A_full_block_is_said_and_an_address_that_comes_free_is_used()
    {
        var engine = docker.Require();
        await using var agent = await AgentHarness.StartAsync(engine, subnet: Block, grid: Grid);
        var specs = Enumerable.Range(1, Room + 1).Select(number => Some.Spec("full", number) with { Grid = Grid }).ToList();
        try
        {
            foreach (var spec in specs.Take(Room))
                await agent.ApplyAsync(spec);
            for (var number = 1; number <= Room; number++)
                await agent.ReadyAsync(1, number);
            Assert.Empty(agent.Network.Troubles);

            await agent.ApplyAsync(specs[Room]);
            var refused = await agent.ObserveAsync(seen => seen.InstanceId == Some.Id(Room + 1) && seen.Error is not null);
            Assert.Contains("no address is left in this node's block of the grid's subnet: remove containers there, or add a node.", refused.Error, StringComparison.Ordinal);
            Assert.StartsWith($"no address is left in this node's block {Block}:", Assert.Single(agent.Network.Troubles), StringComparison.Ordinal);

            await agent.RemoveAsync(specs[0], 2);
            var placed = await agent.ReadyAsync(1, Room + 1);
            Assert.StartsWith("10.82.7.", placed.Address, StringComparison.Ordinal);
            Assert.Empty(agent.Network.Troubles);
        }
        finally
        {
            foreach (var spec in specs)
                await agent.RemoveAsync(spec, 3);
            foreach (var spec in specs)
                await agent.ObserveAsync(seen => seen.InstanceId == Some.Id(spec.Number) && seen.State == ObservedState.Removed);
            await agent.StopAsync();
            await engine.RemoveNetworkAsync(GridNetwork.NameOf(Grid), CancellationToken.None);
        }
    }
}
