using Kontena.Contracts.Instances;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Names;
using Kontena.Hosting.Bus;
using Kontena.NodeAgent.Heartbeats;
using Kontena.NodeAgent.Housekeeping;
using Kontena.NodeAgent.Networking;
using Kontena.NodeAgent.Networking.Overlay;
using Kontena.NodeAgent.Registration;
using Kontena.NodeAgent.Secrets;
using Kontena.NodeAgent.Tests.Names;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing.Docker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static Kontena.NodeAgent.Tests.Networking.Overlay.SomeNetwork;

namespace Kontena.NodeAgent.Tests.Networking.Overlay;

/// <summary>The keeper over a host on paper.</summary>
public sealed class OverlayKeeperTests
{
    private static readonly InstanceSpec Private = Some.Spec() with { Private = true, OfPrivateStack = true };
    private readonly FakeContainerEngine _engine = new();
    private readonly PaperCommands _host = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public OverlayKeeperTests()
    {
        Assert.SkipUnless(HostAbilities.MayAdminister(File.ReadAllText("/proc/self/status")), "the agent looks whether it may administer the host");
        _engine.AddImage(TinyImages.Tiny1);
    }

    [Fact]
    public async Task Rules_are_made_while_the_broker_takes_nothing()
    {
        await using var agent = await AgentHarness.StartAsync(_engine);
        await agent.ApplyAsync(Private);
        var seen = await agent.ReadyAsync(1);
        var keeper = await KeeperAsync(agent, agent.Identity, new SilentBus());

        await keeper.TurnAsync(Token).WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Token);

        Assert.Contains($"-d {seen.Address}/32", Assert.Single(_host.Restored), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_could_not_be_told_is_told_by_a_later_look()
    {
        await using var agent = await AgentHarness.StartAsync(_engine);
        var bus = new RecordingBus { Away = true };
        var keeper = await KeeperAsync(agent, agent.Identity, bus);
        await keeper.TurnAsync(Token);
        Assert.Empty(bus.Sent);

        bus.Away = false;
        await keeper.TurnAsync(Token);
        await bus.WaitForAsync<Contracts.Networking.NodeNetworkReport>(report => report.Revision == 1);
    }

    [Fact]
    public async Task The_first_rules_of_a_run_are_made_when_it_is_known_who_the_node_is_and_what_runs_on_it()
    {
        string directory;
        await using (var before = await AgentHarness.StartAsync(_engine))
        {
            await before.ApplyAsync(Private);
            await before.ReadyAsync(1);
            directory = before.Directory;
        }

        // Of a grid with one node nobody tells, so that the containers themselves are all there is to know.
        File.Delete(Path.Combine(directory, "names.json"));
        var looked = _engine.Calls.Hold("ListContainers");
        await using var agent = await AgentHarness.StartAsync(_engine, directory);
        var identity = new AgentIdentity(agent.Options, _engine, TimeProvider.System, NullLogger<AgentIdentity>.Instance);
        var keeper = await KeeperAsync(agent, identity, agent.Bus);
        await keeper.StartAsync(Token);
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Token);
            Assert.Empty(_host.Restored);
            await identity.SettleAsync(Token);
            await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, Token);
            Assert.Empty(_host.Restored);

            looked.Open();
            await UntilAsync(() => _host.Restored.Count > 0);
            var address = (await _engine.InspectContainerAsync(Private.Name, Token))!.Addresses.Values.Single();
            Assert.Single(_host.Restored);
            Assert.Equal([address], Sources(address));
        }
        finally
        {
            await keeper.StopAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_container_that_is_made_again_while_everything_above_is_away_is_no_stranger_to_its_stack_here()
    {
        await using var agent = await AgentHarness.StartAsync(_engine);
        var other = Some.Spec("db", 2) with { Private = true, OfPrivateStack = true };
        await agent.ApplyAsync(Private);
        await agent.ApplyAsync(other);
        var (before, db) = (await agent.ReadyAsync(1), await agent.ReadyAsync(1, instance: 2));
        // As everybody was told before: the new address is in nobody's map.
        agent.Names.Take(new NamesTold
        {
            Grid = "test", Epoch = 1, Revision = 1, Page = 0, Pages = 1,
            Instances = [Question.Row(1, address: before.Address, node: agent.Identity.NodeId!) with { InstanceId = Some.Id(1), Private = true }],
        });
        agent.Bus.Away = true;
        var keeper = await KeeperAsync(agent, agent.Identity, new SilentBus());
        await keeper.StartAsync(Token);
        try
        {
            await UntilAsync(() => Sources(db.Address!).Contains(before.Address!));
            await _engine.RemoveContainerAsync(Private.Name, force: true, anonymousVolumes: true, Token);
            await UntilAsync(() => agent.Board.Find(Some.Id(1)) is { Address: { } address } && address != before.Address && Sources(db.Address!).ToHashSet().SetEquals([address, db.Address!]));
        }
        finally
        {
            await keeper.StopAsync(CancellationToken.None);
        }
    }

    /// <summary>Who is let in there by the rules made last, by address.</summary>
    private IReadOnlyList<string> Sources(string to)
    {
        var lines = _host.Restored.LastOrDefault("").Split('\n');
        var chain = lines.FirstOrDefault(line => line.Contains($" -d {to}/32 -g ", StringComparison.Ordinal))?.Split(' ')[^1];
        return [.. lines.Where(line => line.StartsWith($"-A {chain} -s ", StringComparison.Ordinal)).Select(line => line.Split(' ')[3][..^3]).Order(StringComparer.Ordinal)];
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (var tries = 0; !holds(); tries++)
        {
            Assert.True(tries < 1000, "it did not come to that");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }
    }

    private async Task<OverlayKeeper> KeeperAsync(AgentHarness agent, AgentIdentity identity, IControlBus bus)
    {
        var (options, time) = (agent.Options, TimeProvider.System);
        var book = new NetworkMapBook(options, agent.Membership, Log<NetworkMapBook>());
        await book.TakeAsync(Map("direct", [], Node(1) with { Name = "node-1" }), Token);
        var facts = new NodeFactsReader(_engine, options, new DiskWatch(options, Log<DiskWatch>()), new SecretKey(options));
        var keys = new WireGuardKeys(options, _host, time, Log<WireGuardKeys>());
        var reporter = new NetworkReporter(
            agent.Membership, identity, facts, new FactsReporter(facts, agent.Membership, identity, bus, time, Log<FactsReporter>()), keys, bus, options, time, Log<NetworkReporter>());
        var network = new GridNetwork(_engine, agent.Membership, book, time, Log<GridNetwork>());
        return new OverlayKeeper(
            book, network, agent.Membership, new OverlayExecutor(_host, new FirewallKeeper(_host), keys), new HostStateReader(_host), _host, reporter, keys,
            new ControlPlaneAddresses(new ConfigurationBuilder().Build()), new HostNetworkNews(Log<HostNetworkNews>()), new PeerWatch(options, time, Log<PeerWatch>()),
            new StackGuard(agent.Names, agent.Orders, identity, agent.Supervisor, time), new BridgeFilter(_host), options, time, Log<OverlayKeeper>());
    }

    private static NullLogger<T> Log<T>() => NullLogger<T>.Instance;

    /// <summary>A host with the grid's bridge and a firewall; whatever else it is told, it says yes to.</summary>
    private sealed class PaperCommands : IHostCommands
    {
        private readonly PaperFirewall _firewall = new();
        private readonly List<string> _restored = [];

        /// <summary>What the firewall was given, the first first.</summary>
        public IReadOnlyList<string> Restored
        {
            get
            {
                lock (_restored)
                    return [.. _restored];
            }
        }

        public Task<CommandOutput> RunAsync(HostCommand command, string? input, CancellationToken cancellationToken)
        {
            if (command.Program == "iptables-restore" && input is not null)
            {
                lock (_restored)
                    _restored.Add(input);
            }

            if (command.Program.StartsWith("iptables", StringComparison.Ordinal) && command.Arguments.All(one => one != "--version"))
                return _firewall.RunAsync(command, input, cancellationToken);
            var links = command.Arguments.Contains("address") ? $$"""[{"ifname":"{{OverlayNames.Of("test").Bridge}}","mtu":1500,"flags":["UP"]}]""" : "";
            return Task.FromResult(new CommandOutput(command.Program.StartsWith('w') ? CommandOutput.Missing : 0, links, ""));
        }
    }

    /// <summary>Never says whether it has taken a message.</summary>
    private sealed class SilentBus : IControlBus
    {
        public Task SendAsync(Destination destination, object message, CancellationToken cancellationToken) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);

        public Task<TReply> AskAsync<TRequest, TReply>(Destination destination, TRequest request, TimeSpan timeout, CancellationToken cancellationToken)
            where TRequest : class
            where TReply : class => throw new InvalidOperationException();
    }
}
