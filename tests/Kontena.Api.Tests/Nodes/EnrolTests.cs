using System.Net;
using System.Net.Http.Json;
using Kontena.Api.Nodes;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.State;
using Xunit;

namespace Kontena.Api.Tests.Nodes;

public sealed class EnrolTests
{
    private const string Password = "a-password-that-nobody-would-guess-0";
    private const string Key = "the-key-of-the-agent";
    private static readonly object Body = new { node_id = "AAAA:1", name = "box", token = "the-token", key = Key, broker_password = Password, labels = new[] { "az=1" } };

    [Fact]
    public async Task A_token_in_the_body_is_the_login_and_no_answer_holds_a_secret()
    {
        await using var api = await ApiUnderTest.StartAsync();
        api.Bus.Answer<EnrolNode>(_ => Enrolled);
        var answer = await api.SendAsync(HttpMethod.Post, "/v1/enrol", Body, api.Anonymous);
        Assert.Equal((200, "grid node broker user outlet broker_ca"), (answer.Status, answer.Keys));
        Assert.DoesNotContain(Password, answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("the-token", answer.Text, StringComparison.Ordinal);
        var asked = api.Bus.Single<EnrolNode>();
        Assert.Equal(("AAAA:1", "box", "the-token", Key, Password), (asked.NodeId, asked.Name, asked.Token, asked.Key, asked.BrokerPassword));
        Assert.Equal(["az=1"], asked.Labels);
    }

    [Fact]
    public async Task Older_agents_say_less_and_newer_ones_more()
    {
        await using var api = await ApiUnderTest.StartAsync();
        api.Bus.Answer<EnrolNode>(_ => Enrolled);
        Assert.Equal(200, (await api.SendAsync(HttpMethod.Post, "/v1/enrol", new { node_id = "AAAA:1", key = Key, broker_password = Password }, api.Anonymous)).Status);
        Assert.Equal(("", ""), (api.Bus.Single<EnrolNode>().Name, api.Bus.Single<EnrolNode>().Token));
        Assert.Equal(200, (await api.SendAsync(HttpMethod.Post, "/v1/enrol", new { node_id = "AAAA:1", token = "t", something_new = new { a = 1 } }, api.Anonymous)).Status);
    }

    [Fact]
    public async Task What_is_wrong_with_a_request_is_said_in_a_sentence_for_the_machine()
    {
        await using var api = await ApiUnderTest.StartAsync();
        api.Bus.Answer<EnrolNode>(_ => new NodeEnrolled { Result = CommandResult.Refused(FieldError.At("token", "the token opens no grid and no node")) });
        var refused = await api.SendAsync(HttpMethod.Post, "/v1/enrol", Body, api.Anonymous);
        Assert.Equal((422, "{\"token\":\"the token opens no grid and no node\"}"), (refused.Status, refused.Error));
        Assert.Equal(422, (await api.SendAsync(HttpMethod.Post, "/v1/enrol", new { token = 7, labels = "x" }, api.Anonymous)).Status);
        Assert.Equal(400, (await api.SendAsync(HttpMethod.Post, "/v1/enrol", "[1]", api.Anonymous)).Status);
        Assert.Equal(400, (await api.SendAsync(HttpMethod.Post, "/v1/enrol", "{\"token\":\"\\ud800\"}", api.Anonymous)).Status);
        Assert.Equal(413, (await api.SendAsync(HttpMethod.Post, "/v1/enrol", "{\"token\":\"" + new string('x', 2_000_000) + "\"}", api.Anonymous)).Status);
    }

    [Fact(Timeout = 60_000)]
    public async Task Of_a_flood_so_many_are_served_as_there_are_turns_and_the_rest_is_told_so_at_once()
    {
        await using var api = await ApiUnderTest.StartAsync();
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = 0;
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        api.Bus.Answer<EnrolNode>(async _ =>
        {
            if (Interlocked.Increment(ref asked) == EnrolTurns.OfOneAddress)
                full.SetResult();
            await open.Task;
            return Enrolled;
        });
        var served = Enumerable.Range(0, EnrolTurns.OfOneAddress).Select(_ => api.Anonymous.PostAsJsonAsync("/v1/enrol", Body, TestContext.Current.CancellationToken)).ToList();
        await full.Task.WaitAsync(TestContext.Current.CancellationToken);
        for (var more = 0; more < 50; more++)
            Assert.Equal(503, (await api.SendAsync(HttpMethod.Post, "/v1/enrol", Body, api.Anonymous)).Status);
        // Whoever has the administrator's token is not held up.
        Assert.Equal(200, (await api.GetAsync("/v1/grids")).Status);
        open.SetResult();
        Assert.All(await Task.WhenAll(served), answer => Assert.Equal(200, (int)answer.StatusCode));
        Assert.Equal(EnrolTurns.OfOneAddress, asked);
        Assert.Equal(200, (await api.SendAsync(HttpMethod.Post, "/v1/enrol", Body, api.Anonymous)).Status);
    }

    [Fact]
    public void One_address_takes_half_of_the_turns_at_most_and_all_together_no_more_than_there_are()
    {
        var turns = new EnrolTurns();
        IPAddress one = IPAddress.Parse("10.0.0.1"), two = IPAddress.Parse("10.0.0.2"), three = IPAddress.Parse("10.0.0.3");
        for (var turn = 0; turn < EnrolTurns.OfOneAddress; turn++)
            Assert.True(turns.TryTake(one) && turns.TryTake(two));
        Assert.False(turns.TryTake(one));
        Assert.False(turns.TryTake(three));
        turns.Leave(two);
        Assert.False(turns.TryTake(one));
        Assert.True(turns.TryTake(three));
    }

    [Fact]
    public async Task Only_the_agent_that_was_the_node_is_told_of_its_removal_and_only_when_it_is_written_down()
    {
        await using var api = await ApiUnderTest.StartAsync();
        async Task<bool> AskAsync(string grid, string id, string key) =>
            (bool)(await api.SendAsync(HttpMethod.Post, "/v1/enrol/removed", new { grid, node_id = id, key }, api.Anonymous)).Json["removed"]!;

        Assert.False(await AskAsync("main", "AAAA:1", Key));
        await api.PutAsync(StateKeys.RevokedIdentity, "main", new RevokedIdentity("main", Queues.Node("AAAA:1"), DateTimeOffset.UnixEpoch) { Node = "core-1", KeyHash = Node.HashOfKey(Key) });
        Assert.True(await AskAsync("main", "AAAA:1", Key));
        Assert.False(await AskAsync("main", "AAAA:1", "the-key-of-another-agent"));
        Assert.False(await AskAsync("main", "AAAA:2", Key));
        Assert.False(await AskAsync("other", "AAAA:1", Key));
        Assert.Equal(422, (await api.SendAsync(HttpMethod.Post, "/v1/enrol/removed", new { grid = "main", node_id = "AAAA:1" }, api.Anonymous)).Status);
    }

    [Fact]
    public async Task A_master_with_the_agents_package_hands_it_out_with_the_script_that_installs_it()
    {
        var folder = Directory.CreateTempSubdirectory("kontena-deb-").FullName;
        try
        {
            await using var api = await ApiUnderTest.StartAsync(options => options with { AgentPackage = folder });
            foreach (var path in new[] { "/v1/install.sh", "/v1/agent.deb" })
            {
                var none = await api.SendAsync(HttpMethod.Get, path, client: api.Anonymous);
                Assert.Equal(404, none.Status);
                Assert.Contains("infra/package", none.Text, StringComparison.Ordinal);
            }

            await File.WriteAllTextAsync(Path.Combine(folder, "kontena-node-agent_1.0_amd64.deb"), "the package", TestContext.Current.CancellationToken);
            var script = await api.SendAsync(HttpMethod.Get, "/v1/install.sh", client: api.Anonymous);
            Assert.Equal(200, script.Status);
            Assert.StartsWith("#!/bin/sh\n", script.Text, StringComparison.Ordinal);
            Assert.EndsWith("main \"$@\" # nothing runs before all of it has come\n", script.Text, StringComparison.Ordinal);
            Assert.Equal("the package", (await api.SendAsync(HttpMethod.Get, "/v1/agent.deb", client: api.Anonymous)).Text);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static NodeEnrolled Enrolled => new()
    {
        Result = CommandResult.Done("core-1"), Grid = "main", Node = "core-1", Broker = "amqps://broker:5671/", User = "node-aaaa1", Outlet = "node-aaaa1.out.main.core-1",
    };
}
