using Kontena.Api.Snapshots;
using Kontena.Api.Stacks;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;

namespace Kontena.Api.Tests.Stacks;

public sealed class StackStateTests
{
    [Theory]
    [InlineData("", "", "initialized")]
    [InlineData("initialized initialized", "", "initialized")]
    [InlineData("running running", "", "running")]
    [InlineData("stopped stopped", "", "stopped")]
    [InlineData("running stopped", "", "partially_running")]
    [InlineData("running initialized", "", "partially_running")]
    [InlineData("running running", "1", "deploying")]
    [InlineData("initialized", "0", "initialized")]
    public void Follows_from_the_states_of_its_services(string states, string deploying, string expected)
    {
        var services = states.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select((state, index) => Some.Service($"s{index}", Enum.Parse<ServiceState>(state, ignoreCase: true))).ToList();
        var snapshot = new GridSnapshot
        {
            Grid = Some.Grid(),
            Nodes = [],
            Liveness = new Dictionary<string, NodeLiveness>(),
            Services = services,
            Instances = Array.Empty<Instance>().ToLookup(_ => ""),
            Seen = [],
            Deploying = deploying.Length == 0 ? new HashSet<string>() : [$"shop/s{deploying}"],
        };

        Assert.Equal(expected, StackRendering.StateOf(services, snapshot));
    }
}
