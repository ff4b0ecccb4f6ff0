using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kontena.Contracts.Messaging;
using Kontena.Hosting.Bus;

namespace Kontena.GridManager.Integrations;

/// <summary>Makes and removes the users of integrations through the management API. Every call may be repeated.</summary>
internal sealed class IntegrationUsers(BrokerManagement broker)
{
    private const string Policy = "kontena-integrations";

    /// <summary>Marks the users that were made here, for this virtual host: others are nobody's business.</summary>
    private readonly string _tag = "kontena-integration-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(broker.VirtualHost)))[..8];

    private string Host => broker.VirtualHost;

    /// <returns>Password hashes by name.</returns>
    /// <exception cref="HttpRequestException">The management API is away or refuses.</exception>
    public async Task<IReadOnlyDictionary<string, string>> ListAsync(CancellationToken cancellationToken)
    {
        var users = await broker.ListAsync(BrokerManagement.Path("users") + "?columns=name,password_hash,tags", cancellationToken);
        return users.EnumerateArray().Where(IsOurs).ToDictionary(one => Text(one, "name"), one => Text(one, "password_hash"), StringComparer.Ordinal);
    }

    /// <summary>The exchange of events, and the bounds of what integrations make for themselves: an integration that has stopped reading loses the oldest, not the broker's memory.</summary>
    /// <inheritdoc cref="ListAsync"/>
    public async Task BoundAsync(CancellationToken cancellationToken)
    {
        await broker.PutAsync(BrokerManagement.Path("policies", Host, Policy), new JsonObject
        {
            ["pattern"] = "^integration\\.",
            ["apply-to"] = "queues",
            ["priority"] = 0,
            ["definition"] = new JsonObject { ["max-length"] = 100_000, ["max-length-bytes"] = 64 * 1024 * 1024 },
        }, cancellationToken);
        await broker.PutAsync(
            BrokerManagement.Path("exchanges", Host, Queues.Events), new JsonObject { ["type"] = "topic", ["durable"] = true, ["auto_delete"] = false }, cancellationToken);
    }

    /// <summary>The routing keys before the rights: without any the broker would let it bind with every key. The login comes without rights.</summary>
    /// <inheritdoc cref="ListAsync"/>
    public async Task GiveAsync(IntegrationRights user, CancellationToken cancellationToken)
    {
        await broker.PutAsync(BrokerManagement.Path("users", user.Name), new JsonObject
        {
            ["password_hash"] = user.PasswordHash, ["hashing_algorithm"] = "rabbit_password_hashing_sha256", ["tags"] = _tag,
        }, cancellationToken);
        await LimitAsync(user.Name, "max-connections", IntegrationRights.MaxConnections, cancellationToken);
        await LimitAsync(user.Name, "max-channels", IntegrationRights.MaxChannels, cancellationToken);
        await broker.PutAsync(BrokerManagement.Path("topic-permissions", Host, user.Name), new JsonObject
        {
            ["exchange"] = Queues.Events, ["write"] = IntegrationRights.Nothing, ["read"] = user.Events,
        }, cancellationToken);
        await broker.PutAsync(BrokerManagement.Path("permissions", Host, user.Name), new JsonObject
        {
            ["configure"] = user.Configure, ["write"] = user.Write, ["read"] = user.Read,
        }, cancellationToken);
        await UnbindAsync(user.Forbids, cancellationToken);
    }

    /// <summary>The broker closes the connections of a user that is deleted.</summary>
    /// <param name="name">The broker user.</param>
    /// <param name="withQueues">It was removed for good: what waits for it is nobody's.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <inheritdoc cref="ListAsync"/>
    public async Task RevokeAsync(string name, bool withQueues, CancellationToken cancellationToken)
    {
        await broker.DeleteAsync(BrokerManagement.Path("users", name), cancellationToken);
        if (withQueues)
        {
            foreach (var kind in new[] { "queues", "exchanges" })
            {
                var all = await broker.ListAsync(BrokerManagement.Path(kind, Host) + "?columns=name", cancellationToken);
                foreach (var own in all.EnumerateArray().Select(one => Text(one, "name")).Where(own => own.StartsWith(name + ".", StringComparison.Ordinal)))
                    await broker.DeleteAsync(BrokerManagement.Path(kind, Host, own), cancellationToken);
            }
        }

        await UnbindAsync((destination, _) => IntegrationRights.IsIntoCommands(destination), cancellationToken);
    }

    /// <summary>The broker looks at a routing key when it is bound, and never again: what was bound with one that is no longer allowed goes.</summary>
    private async Task UnbindAsync(Func<string, string, bool> isForbidden, CancellationToken cancellationToken)
    {
        var bound = await broker.ListAsync(BrokerManagement.Path("exchanges", Host, Queues.Events, "bindings", "source"), cancellationToken);
        foreach (var one in bound.EnumerateArray())
        {
            var destination = Text(one, "destination");
            if (!isForbidden(destination, Text(one, "routing_key")))
                continue;
            var kind = Text(one, "destination_type") == "queue" ? "q" : "e";
            await broker.DeleteAsync(BrokerManagement.Path("bindings", Host, "e", Queues.Events, kind, destination, Text(one, "properties_key")), cancellationToken);
        }
    }

    private Task LimitAsync(string user, string limit, int value, CancellationToken cancellationToken) =>
        broker.PutAsync(BrokerManagement.Path("user-limits", user, limit), new JsonObject { ["value"] = value }, cancellationToken);

    private bool IsOurs(JsonElement user) => user.TryGetProperty("tags", out var tags) && tags.ValueKind switch
    {
        JsonValueKind.Array => tags.EnumerateArray().Any(tag => tag.GetString() == _tag),
        JsonValueKind.String => tags.GetString() == _tag,
        _ => false,
    };

    private static string Text(JsonElement one, string property) => one.TryGetProperty(property, out var value) ? value.GetString() ?? "" : "";
}
