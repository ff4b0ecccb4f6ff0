using Kontena.Testing.Docker;

namespace Kontena.Docker.Tests.Engine;

/// <summary>Names on a user-defined network: what the node-agent's DNS can leave to the engine.</summary>
public sealed class NetworkTests(DockerEngine docker) : EngineTest(docker), IAsyncLifetime
{
    private readonly string _network = NewName();
    private readonly string _subnet = $"10.{200 + Random.Shared.Next(50)}.{Random.Shared.Next(250)}.0/24";

    private RefusingNameServer? _dns;

    private string Gateway => _subnet.Replace("0/24", "1");

    public async ValueTask InitializeAsync()
    {
        await Engine.CreateNetworkAsync(
            new NetworkConfig { Name = _network, Subnet = _subnet, Gateway = Gateway, Labels = new Dictionary<string, string> { [Label] = "net" } }, Cancel);
        // What the engine does not know it asks of a name server; without one that answers, every such question takes seconds.
        _dns = new RefusingNameServer(Gateway);
    }

    public override async ValueTask DisposeAsync()
    {
        _dns?.Dispose();
        await base.DisposeAsync();
        await Engine.RemoveNetworkAsync(_network, CancellationToken.None);
        await Engine.RemoveNetworkAsync(_network, CancellationToken.None);
    }

    [Fact]
    public async Task A_network_is_what_was_asked_for()
    {
        var network = await Engine.InspectNetworkAsync(_network, Cancel);

        Assert.Equal((_network, _subnet), (network!.Name, network.Subnet));
        Assert.Equal("net", network.Labels[Label]);
        Assert.Null(await Engine.InspectNetworkAsync("no-such-network", Cancel));
        Assert.Equal(409, (await Assert.ThrowsAsync<EngineException>(() => Engine.CreateNetworkAsync(new NetworkConfig { Name = _network }, Cancel))).Status);
    }

    [Fact]
    public async Task A_fixed_address_is_kept_and_a_taken_one_refused()
    {
        var address = _subnet.Replace("0/24", "77");
        var id = await RunAsync(OnNetwork() with { Endpoint = new EndpointConfig { Address = address } });
        Assert.Equal(address, (await Engine.InspectContainerAsync(id, Cancel))!.Addresses[_network]);

        var second = await CreateAsync(OnNetwork() with { Endpoint = new EndpointConfig { Address = address } });
        Assert.Contains("already in use", (await Assert.ThrowsAsync<EngineException>(() => Engine.StartContainerAsync(second, Cancel))).Message);
    }

    [Fact]
    public async Task A_full_dotted_name_works_as_alias_and_through_the_search_domains()
    {
        await RunAsync(OnNetwork() with { Endpoint = new EndpointConfig { Aliases = ["db.shop.grid.kontena.local", "db-1.shop.grid.kontena.local"] } });
        var app = await RunAsync(OnNetwork() with { DnsSearch = ["shop.grid.kontena.local", "grid.kontena.local"] });

        Assert.True(await ReachesAsync(app, "db.shop.grid.kontena.local"));
        Assert.True(await ReachesAsync(app, "db")); // shop.grid.kontena.local is searched first
        Assert.True(await ReachesAsync(app, "db.shop")); // and grid.kontena.local next
        Assert.False(await ReachesAsync(app, "web"));
    }

    [Fact]
    public async Task Several_containers_may_share_an_alias_and_only_running_ones_answer()
    {
        var first = await RunAsync(OnNetwork() with { Endpoint = new EndpointConfig { Aliases = ["web.shop"] } });
        var second = await RunAsync(OnNetwork() with { Endpoint = new EndpointConfig { Aliases = ["web.shop"] } });
        var app = await RunAsync(OnNetwork());
        var addresses = new[] { await AddressAsync(first), await AddressAsync(second) };

        Assert.Equal(addresses.Order(), (await LookUpAsync(app, "web.shop")).Order());

        await Engine.StopContainerAsync(first, TimeSpan.Zero, Cancel);
        Assert.Equal([addresses[1]], await LookUpAsync(app, "web.shop"));
    }

    [Fact]
    public async Task A_link_to_a_container_that_does_not_exist_yet()
    {
        var target = NewName();
        var app = await CreateAsync(OnNetwork() with { Endpoint = new EndpointConfig { Links = [$"{target}:db"] } });
        await Engine.StartContainerAsync(app, Cancel);
        Assert.Empty(await LookUpAsync(app, "db"));

        var db = await RunAsync(OnNetwork(), target);
        Assert.Equal([await AddressAsync(db)], await LookUpAsync(app, "db"));

        // The link follows the name, not the container: a successor is found.
        await Engine.RemoveContainerAsync(db, force: true, anonymousVolumes: true, Cancel);
        Assert.Empty(await LookUpAsync(app, "db"));
        var next = await RunAsync(OnNetwork(), target);
        Assert.Equal([await AddressAsync(next)], await LookUpAsync(app, "db"));

        // The alias is private to the container with the link.
        var stranger = await RunAsync(OnNetwork());
        Assert.Empty(await LookUpAsync(stranger, "db"));
    }

    [Fact]
    public async Task Of_several_links_with_one_alias_the_last_wins_and_a_link_may_name_an_alias()
    {
        var (one, two) = (NewName(), NewName());
        var first = await AddressAsync(await RunAsync(OnNetwork(), one));
        var second = await AddressAsync(await RunAsync(OnNetwork() with { Endpoint = new EndpointConfig { Aliases = ["the-alias"] } }, two));
        var forward = await RunAsync(OnNetwork() with { Endpoint = new EndpointConfig { Links = [$"{one}:db", $"{two}:db"] } });
        var backward = await RunAsync(OnNetwork() with { Endpoint = new EndpointConfig { Links = [$"{two}:db", $"{one}:db"] } });
        var byAlias = await RunAsync(OnNetwork() with { Endpoint = new EndpointConfig { Links = ["the-alias:db"] } });

        Assert.Equal([second], await LookUpAsync(forward, "db"));
        Assert.Equal([first], await LookUpAsync(backward, "db"));
        Assert.Equal([second], await LookUpAsync(byAlias, "db"));
    }

    [Fact]
    public async Task A_link_to_an_alias_that_several_share_finds_them_all()
    {
        var app = await RunAsync(OnNetwork() with { Endpoint = new EndpointConfig { Links = ["web.shop.grid.kontena.local:web"] } });
        var config = OnNetwork() with { Endpoint = new EndpointConfig { Aliases = ["web.shop.grid.kontena.local"] } };
        var addresses = new[] { await AddressAsync(await RunAsync(config)), await AddressAsync(await RunAsync(config)) };

        Assert.Equal(addresses.Order(), (await LookUpAsync(app, "web")).Order());
    }

    [Fact]
    public async Task A_running_container_joins_a_second_network_under_its_aliases()
    {

        var late = await RunAsync(Tiny());
        var app = await RunAsync(OnNetwork());

        await Engine.ConnectNetworkAsync(_network, late, new EndpointConfig { Aliases = ["late.joiner"] }, Cancel);

        Assert.Equal([await AddressAsync(late)], await LookUpAsync(app, "late.joiner"));
    }

    private ContainerConfig OnNetwork() => Tiny() with { NetworkMode = _network, Dns = [Gateway] };

    private async Task<string> AddressAsync(string container) => (await Engine.InspectContainerAsync(container, Cancel))!.Addresses[_network];

    private async Task<bool> ReachesAsync(string container, string name) => (await ExecAsync(container, "ping", "-c1", "-W1", name)).ExitCode == 0;

    private async Task<List<string>> LookUpAsync(string container, string name)
    {
        var (output, _) = await ExecAsync(container, "nslookup", name, "127.0.0.11");
        return [.. output.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("Address", StringComparison.Ordinal) && !line.Contains("127.0.0.11"))
            .Select(line => line[(line.IndexOf(": ", StringComparison.Ordinal) + 2)..].Trim().Split(' ')[0])];
    }
}
