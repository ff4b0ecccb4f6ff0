using System.Text.Json;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Names;
using Kontena.NodeAgent.Files;
using Kontena.NodeAgent.Instances.Steps;
using Kontena.NodeAgent.Names;
using Kontena.NodeAgent.Orders;
using Kontena.NodeAgent.Registration;
using Kontena.NodeAgent.Reports;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing.Docker;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kontena.NodeAgent.Tests.Names;

public sealed class NamesBoardTests
{
    private const string Web = "web.shop.test.kontena.local";

    private static NamesTold Told(params NamedInstance[] rows) => new() { Grid = "test", Epoch = 1, Revision = 5, Page = 0, Pages = 1, Instances = rows };

    private static string Answered(AgentHarness agent, string name = Web) =>
        string.Join(' ', agent.Names.View.Table.Find(name)?.Best.Select(one => one.Row.Address) ?? []);

    [Fact]
    public async Task News_counts_once_everything_was_told_and_late_news_not_at_all()
    {
        await using var agent = await AgentHarness.StartAsync(new FakeContainerEngine());
        agent.Names.Join("test");
        agent.Names.Take(new NamesChanged { Grid = "test", Epoch = 1, Revision = 4, Upserts = [Question.Row(9)] });
        Assert.Equal(("", null), (Answered(agent), agent.Names.ToldDigest));

        agent.Names.Take(Told(Question.Row(1, node: "n2")));
        agent.Names.Take(new NamesChanged { Grid = "test", Epoch = 1, Revision = 7, Upserts = [Question.Row(2, node: "n2")] });
        agent.Names.Take(new NamesChanged { Grid = "test", Epoch = 1, Revision = 6, Removals = ["n2/shop.web-2"] });
        agent.Names.Take(new NamesChanged { Grid = "other", Epoch = 1, Revision = 8, Removals = ["n2/shop.web-2"] });
        Assert.Equal("10.81.1.2 10.81.1.3", Answered(agent));

        agent.Names.Take(new NamesChanged { Grid = "test", Epoch = 2, Revision = 1, Removals = ["n2/shop.web-2"] });
        Assert.Equal("10.81.1.2", Answered(agent));
    }

    [Fact]
    public async Task A_telling_counts_when_all_its_pages_are_there()
    {
        await using var agent = await AgentHarness.StartAsync(new FakeContainerEngine());
        agent.Names.Join("test");
        var whole = Told(Question.Row(1, node: "n2")) with { Pages = 2 };
        agent.Names.Take(whole with { Page = 1, Instances = [Question.Row(2, node: "n2")] });
        agent.Names.Take(whole);
        Assert.Equal("", Answered(agent));

        agent.Names.Take(whole with { Page = 1, Instances = [Question.Row(2, node: "n2")] });
        Assert.Equal("10.81.1.2 10.81.1.3", Answered(agent));
    }

    [Fact]
    public async Task A_restarted_agent_answers_what_it_was_told_before()
    {
        var engine = new FakeContainerEngine();
        string directory;
        await using (var agent = await AgentHarness.StartAsync(engine))
        {
            agent.Names.Join("test");
            agent.Names.Take(Told(Question.Row(1, node: "n2")));
            directory = agent.Directory;
        }

        await using var again = await AgentHarness.StartAsync(engine, directory);
        again.Names.Join("test");
        Assert.Equal("10.81.1.2", Answered(again));
    }

    [Fact]
    public async Task What_was_told_is_on_disk_soon_after_also_when_nothing_ends_in_order()
    {
        await using var agent = await AgentHarness.StartAsync(new FakeContainerEngine());
        agent.Names.Join("test");
        agent.Names.Take(Told(Question.Row(1, node: "n2")));
        await UntilAsync(() => Kept(agent) == "10.81.1.2", () => Kept(agent));

        agent.Names.Take(new NamesChanged { Grid = "test", Epoch = 1, Revision = 6, Upserts = [Question.Row(2, node: "n2")] });
        await UntilAsync(() => Kept(agent) == "10.81.1.2 10.81.1.3", () => Kept(agent));
    }

    [Theory]
    [InlineData(2, 1000)]
    [InlineData(100, 5000)]
    [InlineData(5000, 30_000)]
    public void Writing_takes_a_small_part_of_the_time_however_large_the_grid_and_slow_the_disk(int took, int pause) =>
        Assert.Equal(TimeSpan.FromMilliseconds(pause), NamesFeed.PauseAfter(TimeSpan.FromMilliseconds(took)));

    [Fact]
    public async Task A_starting_agent_answers_what_it_was_told_before_the_engine_has_said_who_it_is()
    {
        var engine = new FakeContainerEngine();
        NodeAgentOptions options;
        await using (var agent = await AgentHarness.StartAsync(engine))
        {
            agent.Names.Join("test");
            agent.Names.Take(Told(Question.Row(1, node: "n2")));
            options = agent.Options;
        }

        var identity = new AgentIdentity(options, engine, TimeProvider.System, NullLogger<AgentIdentity>.Instance);
        using var membership = new NodeMembership(options, NullLogger<NodeMembership>.Instance);
        using var orders = new OrderBook(options, TimeProvider.System, NullLogger<OrderBook>.Instance);
        var names = new NamesBoard(identity, orders, new ReportBoard(TimeProvider.System));
        using var feed = new NamesFeed(names, identity, membership, null!, null!, options, TimeProvider.System, NullLogger<NamesFeed>.Instance);
        await feed.StartAsync(TestContext.Current.CancellationToken);
        Assert.Null(identity.NodeId);
        Assert.Equal("10.81.1.2", names.View.Table.Find(Web)?.Best.Single().Row.Address);
        await feed.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_starting_agent_answers_its_own_of_the_last_run_only_while_no_other_is_there()
    {
        await using var agent = await AgentHarness.StartAsync(new FakeContainerEngine());
        agent.Names.Join("test");
        agent.Names.Take(Told(Question.Row(1, node: agent.Identity.NodeId!, address: "10.81.1.99"), Question.Row(2, node: "n2")));
        var file = agent.Names.ToFile()!;
        var next = new NamesBoard(new AgentIdentity(agent.Options, new FakeContainerEngine(), TimeProvider.System, NullLogger<AgentIdentity>.Instance), agent.Orders, new ReportBoard(TimeProvider.System));

        next.Restore(file);
        next.Join("test");
        Assert.Equal("10.81.1.3", next.View.Table.Find(Web)?.Best.Single().Row.Address);

        next.Restore(file with { Epoch = file.Epoch + 1, Instances = [file.Instances.Single(row => row.NodeId == agent.Identity.NodeId)] });
        Assert.Equal("10.81.1.99", next.View.Table.Find(Web)?.Best.Single().Row.Address);
    }

    [Fact]
    public async Task Its_own_instances_are_answered_as_it_sees_them()
    {
        var engine = new FakeContainerEngine();
        engine.AddImage(TinyImages.Tiny1);
        await using var agent = await AgentHarness.StartAsync(engine);
        agent.Names.Join("test");
        var node = agent.Identity.NodeId!;
        var spec = Some.Spec();
        // Told from before: it runs at another address, and an instance that is not here any more.
        agent.Names.Take(Told(
            Question.Row(1, node: node, address: "10.81.1.99") with { InstanceId = Some.Id(1) },
            Question.Row(7, node: node, address: "10.81.1.98") with { InstanceId = Some.Id(7) }));

        await agent.ApplyAsync(spec);
        var seen = await agent.ReadyAsync(1);

        await UntilAsync(() => Answered(agent) == seen.Address, () => Answered(agent));
        await agent.RemoveAsync(spec, 2);
        await UntilAsync(() => Answered(agent).Length == 0, () => Answered(agent));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_container_is_stopped_when_the_other_nodes_have_left_it_out_unless_there_is_no_other(bool hasOther)
    {
        var engine = new FakeContainerEngine();
        engine.AddImage(TinyImages.Tiny1);
        await using var agent = await AgentHarness.StartAsync(engine);
        agent.Names.Join("test");
        var node = agent.Identity.NodeId!;
        await agent.ApplyAsync(Some.Spec());
        var seen = await agent.ReadyAsync(1);
        var own = Question.Row(1, node: node, address: seen.Address) with { InstanceId = Some.Id(1) };
        agent.Names.Take(hasOther ? Told(own, Question.Row(2, node: "n2")) : Told(own));

        await agent.RemoveAsync(Some.Spec(), 2);
        if (hasOther)
        {
            await agent.ObserveAsync(one => one.State == ObservedState.Stopping && one.Serves == false);
            // Longer than it takes when nothing is waited for, and shorter than is waited.
            await Task.Delay(LeaveNames.Patience / 5, TimeProvider.System, TestContext.Current.CancellationToken);
            Assert.Equal(0, engine.Calls.Count("StopContainer"));
            Assert.Equal("10.81.1.3", Answered(agent));
            agent.Names.Take(new NamesChanged { Grid = "test", Epoch = 1, Revision = 6, Upserts = [own with { Standing = NameStanding.Leaving }] });
        }

        await agent.ObserveAsync(one => one.State == ObservedState.Removed);
    }

    private static string Kept(AgentHarness agent)
    {
        var file = Path.Combine(agent.Directory, "names.json");
        var rows = File.Exists(file) ? JsonSerializer.Deserialize(File.ReadAllBytes(file), AgentJson.Default.NamesFile)!.Instances : [];
        return string.Join(' ', rows.Select(row => row.Address).Order(StringComparer.Ordinal));
    }

    private static async Task UntilAsync(Func<bool> holds, Func<string> what)
    {
        for (var tries = 0; !holds(); tries++)
        {
            Assert.True(tries < 2500, what());
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
