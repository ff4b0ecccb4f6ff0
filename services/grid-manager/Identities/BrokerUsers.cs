using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kontena.Contracts.Messaging;
using Kontena.Hosting.Bus;

namespace Kontena.GridManager.Identities;

/// <summary>Makes and removes the users of nodes through the management API. Every call may be repeated.</summary>
internal sealed class BrokerUsers(BrokerManagement broker)
{
    private const string Policy = "kontena-nodes";

    /// <summary>Queues that one virtual host may have, so that a node that makes queues without end does not take the broker's memory. RabbitMQ 3.10 has no bound per user:
    /// who takes the places of others is found by <see cref="SurplusAsync"/>. A node has five and the services thirty.</summary>
    private const int MaxQueues = 20_000;

    /// <summary>Marks the users that were made here: others, and those of another virtual host, are nobody's business.</summary>
    private readonly string _tag = "kontena-node-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(broker.VirtualHost)))[..8];

    private string Host => broker.VirtualHost;

    /// <exception cref="HttpRequestException">The management API is away or refuses.</exception>
    public async Task<IReadOnlyList<SeenUser>> ListAsync(CancellationToken cancellationToken)
    {
        var users = await broker.ListAsync(BrokerManagement.Path("users") + "?columns=name,password_hash,tags", cancellationToken);
        var rights = (await broker.ListAsync(BrokerManagement.Path("vhosts", Host, "permissions"), cancellationToken)).EnumerateArray()
            .ToDictionary(one => Text(one, "user"), RightsOf, StringComparer.Ordinal);
        return
        [
            .. users.EnumerateArray().Where(IsOurs)
                .Select(user => new SeenUser(Text(user, "name"), Text(user, "password_hash"), rights.GetValueOrDefault(Text(user, "name")))),
        ];
    }

    /// <summary>Bounds of what nodes may make for themselves. Queues of ours have these as arguments; a policy only narrows.</summary>
    /// <inheritdoc cref="ListAsync"/>
    public async Task BoundAsync(CancellationToken cancellationToken)
    {
        await broker.PutAsync(BrokerManagement.Path("policies", Host, Policy), new JsonObject
        {
            ["pattern"] = "^node-",
            ["apply-to"] = "queues",
            ["priority"] = 0,
            ["definition"] = new JsonObject { ["max-length"] = 100_000, ["max-length-bytes"] = 256 * 1024 * 1024 },
        }, cancellationToken);
        await broker.PutAsync(BrokerManagement.Path("vhost-limits", Host, "max-queues"), new JsonObject { ["value"] = MaxQueues }, cancellationToken);
    }

    /// <summary>The way of its reports first, the login last: a node that can log in can also speak.</summary>
    /// <inheritdoc cref="ListAsync"/>
    public async Task GiveAsync(BrokerUser user, CancellationToken cancellationToken)
    {
        var outlet = user.Outlet;
        await DeclareAsync(outlet.Exchange, "topic", cancellationToken);
        foreach (var (exchange, topic, key) in NodeOutlet.Bindings)
        {
            await DeclareAsync(exchange, topic ? "topic" : "fanout", cancellationToken);
            await BindAsync(outlet.Exchange, exchange, key, cancellationToken);
        }

        foreach (var heard in outlet.Heard)
        {
            await DeclareAsync(heard, "fanout", cancellationToken);
            await DeclareAsync(outlet.Inlet(heard), "fanout", cancellationToken);
            await BindAsync(heard, outlet.Inlet(heard), "", cancellationToken);
        }

        var name = outlet.User;
        await broker.PutAsync(BrokerManagement.Path("users", name), new JsonObject
        {
            ["password_hash"] = user.PasswordHash, ["hashing_algorithm"] = "rabbit_password_hashing_sha256", ["tags"] = _tag,
        }, cancellationToken);
        await LimitAsync(name, "max-connections", BrokerUser.MaxConnections, cancellationToken);
        await LimitAsync(name, "max-channels", BrokerUser.MaxChannels, cancellationToken);
        var rights = BrokerUser.RightsOf(name);
        await broker.PutAsync(
            BrokerManagement.Path("permissions", Host, name), new JsonObject { ["configure"] = rights, ["write"] = rights, ["read"] = rights }, cancellationToken);
    }

    /// <summary>The broker closes the connections of a user that is deleted. With the exchanges goes what was bound to them.</summary>
    /// <param name="name">The user.</param>
    /// <param name="withQueues">The node is gone for good: what waits for it is nobody's.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <inheritdoc cref="ListAsync"/>
    public async Task RevokeAsync(string name, bool withQueues, CancellationToken cancellationToken)
    {
        await broker.DeleteAsync(BrokerManagement.Path("users", name), cancellationToken);
        foreach (var exchange in await NamesAsync("exchanges", name, cancellationToken))
        {
            if (withQueues || exchange.StartsWith(name + ".", StringComparison.Ordinal))
                await broker.DeleteAsync(BrokerManagement.Path("exchanges", Host, exchange), cancellationToken);
        }

        if (!withQueues)
            return;
        foreach (var queue in await NamesAsync("queues", name, cancellationToken))
            await broker.DeleteAsync(BrokerManagement.Path("queues", Host, queue), cancellationToken);
    }

    /// <summary>Nodes that made too many queues for themselves, with those queues. The broker counts them all together; only when these are many are they read one by one.</summary>
    /// <inheritdoc cref="ListAsync"/>
    public async Task<IReadOnlyList<(string User, IReadOnlyList<string> Queues)>> SurplusAsync(IReadOnlyList<string> nodes, CancellationToken cancellationToken)
    {
        if (await CountQueuesAsync(cancellationToken) <= NodeQueueBound.Usual(nodes.Count))
            return [];
        var all = await broker.ListAsync(BrokerManagement.Path("queues", Host) + "?columns=name", cancellationToken);
        return NodeQueueBound.Surplus(nodes, all.EnumerateArray().Select(one => Text(one, "name")));
    }

    /// <summary>Takes the login away until the next look gives it again, and these queues for good.</summary>
    /// <inheritdoc cref="ListAsync"/>
    public async Task CutOffAsync(string name, IReadOnlyList<string> queues, CancellationToken cancellationToken)
    {
        await broker.DeleteAsync(BrokerManagement.Path("users", name), cancellationToken);
        foreach (var queue in queues.Take(NodeQueueBound.DeletedAtOnce))
            await broker.DeleteAsync(BrokerManagement.Path("queues", Host, queue), cancellationToken);
    }

    private async Task<int> CountQueuesAsync(CancellationToken cancellationToken) =>
        await broker.FindAsync(BrokerManagement.Path("overview") + "?columns=object_totals.queues", cancellationToken) is { } overview
        && overview.TryGetProperty("object_totals", out var totals) && totals.TryGetProperty("queues", out var queues) && queues.TryGetInt32(out var count)
            ? count : int.MaxValue;

    private async Task<IReadOnlyList<string>> NamesAsync(string kind, string user, CancellationToken cancellationToken)
    {
        var all = await broker.ListAsync(BrokerManagement.Path(kind, Host) + "?columns=name", cancellationToken);
        return [.. all.EnumerateArray().Select(one => Text(one, "name")).Where(name => IsOf(name, user))];
    }

    private static bool IsOf(string name, string user) =>
        name.StartsWith(user, StringComparison.Ordinal) && (name.Length == user.Length || name[user.Length] is '.' or '_' or '-');

    private Task DeclareAsync(string exchange, string type, CancellationToken cancellationToken) => broker.PutAsync(
        BrokerManagement.Path("exchanges", Host, exchange), new JsonObject { ["type"] = type, ["durable"] = true, ["auto_delete"] = false }, cancellationToken);

    private Task BindAsync(string source, string destination, string key, CancellationToken cancellationToken) => broker.PostAsync(
        BrokerManagement.Path("bindings", Host, "e", source, "e", destination), new JsonObject { ["routing_key"] = key }, cancellationToken);

    private Task LimitAsync(string user, string limit, int value, CancellationToken cancellationToken) =>
        broker.PutAsync(BrokerManagement.Path("user-limits", user, limit), new JsonObject { ["value"] = value }, cancellationToken);

    private bool IsOurs(JsonElement user) => user.TryGetProperty("tags", out var tags) && tags.ValueKind switch
    {
        JsonValueKind.Array => tags.EnumerateArray().Any(tag => tag.GetString() == _tag),
        JsonValueKind.String => tags.GetString() == _tag,
        _ => false,
    };

    private static string? RightsOf(JsonElement one) =>
        Text(one, "configure") is var rights && rights == Text(one, "write") && rights == Text(one, "read") ? rights : null;

    private static string Text(JsonElement one, string property) => one.TryGetProperty(property, out var value) ? value.GetString() ?? "" : "";
}
