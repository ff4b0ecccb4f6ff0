using Kontena.Contracts.Instances;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Names;
using Kontena.Core.Names;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Names;

public sealed class NamesPublicationTests
{
    private readonly Listener _node = new();
    private bool _isHeard;

    private GridWorld World(int nodes = 2, int instances = 2, bool isHeard = true)
    {
        var world = new GridWorld(nodes);
        world.Laws.Add(() =>
        {
            _node.Hear(world);
            if (_isHeard)
                world["node-1"].NamesDigest = _node.Digest;
        });
        _isHeard = isHeard;
        world.Put(Some.Service(spec: Some.Spec(instances)));
        world.Finish(world.Deploy());
        return world;
    }

    private string Rows => string.Join(' ', _node.Rows.Values.OrderBy(row => row.Number).Select(row => $"{row.Service}-{row.Number}:{row.Standing}"));

    [Fact]
    public void A_ready_instance_is_told_to_all_nodes_with_the_commit_that_takes_it_in()
    {
        var world = World();

        Assert.Equal("web-1:Ready web-2:Ready", Rows);
        Assert.All(world.Sent.Where(one => one.Message is NamesChanged), one => Assert.Equal(Destination.Names("test-grid"), one.Destination));
    }

    [Fact]
    public void A_grid_of_one_node_is_told_nothing()
    {
        var world = World(nodes: 1);
        world.Run(30);

        Assert.DoesNotContain(world.Sent, one => one.Message is NamesChanged or NamesTold);
    }

    [Fact]
    public void What_is_to_go_is_told_to_be_leaving_with_the_order_and_to_be_gone_with_its_end()
    {
        var world = World();
        world["node-1"].IsConnected = world["node-2"].IsConnected = false;
        world.Change("web", one => one with { Spec = one.Spec with { Instances = 1 } });
        world.Deploy();
        world.Run(5);
        Assert.Equal("web-1:Ready web-2:Leaving", Rows);

        world["node-1"].IsConnected = world["node-2"].IsConnected = true;
        world.Until(() => Rows == "web-1:Ready", "it is gone", 60);
    }

    [Fact]
    public void Of_a_node_in_doubt_nothing_is_withdrawn_but_what_others_can_stand_in_for()
    {
        var world = World();
        var node = world.Instances[0].Node!;
        world.Doubt(node);
        world.Run(3);
        Assert.Equal("web-1:Suspect web-2:Ready", Rows);

        world.Lose(node);
        world.Until(() => _node.Rows.Values.All(row => row.Number != 1 || row.Standing == NameStanding.Ready), "nothing leads to the lost node", 10);
    }

    [Fact]
    public void A_node_that_missed_something_is_told_everything_on_its_own_queue()
    {
        var world = World();
        _node.Forget();
        world.Until(() => _node.Rows.Count == 2, "it is told", 10);

        var told = world.Sent.Where(one => one.Message is NamesTold).ToList();
        Assert.All(told, one => Assert.Equal(Destination.Queue(Queues.NodeNames(Some.Node(1).NodeId!)), one.Destination));
        world.Run(30);
        Assert.Equal(told.Count, world.Sent.Count(one => one.Message is NamesTold));
    }

    [Fact]
    public void Nodes_that_all_missed_something_are_told_once()
    {
        var world = World(isHeard: false);
        _isHeard = false;
        world.Sent.Clear();
        world["node-1"].NamesDigest = world["node-2"].NamesDigest = "";
        world.Laws.Clear();
        world.Run(3);

        Assert.Equal(Destination.Names("test-grid"), Assert.Single(world.Sent, one => one.Message is NamesTold).Destination);
    }

    [Fact]
    public void A_scheduler_that_takes_over_tells_nothing_to_nodes_that_know_it_all()
    {
        var world = World();
        world.Run(5);
        world["node-2"].NamesDigest = _node.Digest;
        world.Sent.Clear();
        world.Laws.Clear();
        world.RestartScheduler();
        world.Run(30);

        Assert.DoesNotContain(world.Sent, one => one.Message is NamesTold);
    }

    [Fact]
    public void A_grid_that_shrinks_to_one_node_forgets_the_addresses_of_the_others()
    {
        var world = World();
        Assert.Equal(2, _node.Rows.Values.Select(row => row.NodeId).Distinct().Count());

        world.RemoveNode("node-2");
        world.Until(() => _node.Rows.Values.All(row => row.NodeId == Some.Node(1).NodeId), "nothing leads to the removed node", 10);

        world.Until(() => world.Instances.All(one => one.Node == "node-1"), "all run on the last", 60);
        world.Until(() => Rows == "web-1:Ready web-2:Ready", "it is told on", 60);
    }

    [Fact]
    public void Many_names_are_told_in_pages()
    {
        var world = World(instances: 2);
        world.Put(Some.Service("many", Some.Spec(1200)));
        world.Deploy("many");
        world.Until(() => _node.Rows.Count == 1202, "all are told", 600);
        Assert.All(world.Sent.Select(one => one.Message).OfType<NamesChanged>(), one => Assert.InRange(one.Upserts.Count + one.Removals.Count, 1, NamesChanged.Most));

        var before = world.Sent.Count;
        _node.Forget();
        world.Until(() => _node.Rows.Count == 1202, "all are told again", 10);
        Assert.Equal([0, 1, 2], world.Sent.Skip(before).Select(one => one.Message).OfType<NamesTold>().Select(one => one.Page));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_happens_and_is_lost_all_nodes_know_the_same_in_the_end(int seed)
    {
        var world = new GridWorld(3, seed, loss: 0.1);
        var dice = new Random(seed);
        var lossy = true;
        var listeners = new Dictionary<string, Listener> { ["node-1"] = new(), ["node-2"] = new() };
        world.Laws.Add(() =>
        {
            foreach (var (name, listener) in listeners)
            {
                listener.Hear(world, isLost: () => lossy && dice.Next(5) == 0);
                world[name].NamesDigest = listener.Digest;
            }
        });
        world.Put(Some.Service(spec: Some.Spec(6)));
        world.Deploy();
        world.Run(20);
        world.Doubt("node-3");
        world.Run(10);
        world.Lose("node-3");
        world.Run(60);
        world.Return("node-3");
        lossy = false;
        world.Run(200);

        Assert.Equal(6, listeners["node-1"].Rows.Count);
        Assert.Equal(listeners["node-1"].Digest, listeners["node-2"].Digest);
    }

    /// <summary>Applies what is sent as an agent does.</summary>
    private sealed class Listener
    {
        private int _heard;

        private ToldNames _told = new();

        public IReadOnlyDictionary<string, NamedInstance> Rows => _told.Rows;

        public string Digest => _told.Digest ?? "";

        public void Forget() => _told = new ToldNames();

        public void Hear(GridWorld world, Func<bool>? isLost = null)
        {
            for (; _heard < world.Sent.Count; _heard++)
            {
                if (isLost?.Invoke() == true)
                    continue;
                switch (world.Sent[_heard].Message)
                {
                    case NamesChanged changed:
                        _told.Take(changed);
                        break;
                    case NamesTold told:
                        _told.Take(told);
                        break;
                }
            }
        }
    }
}
