using System.Text.Json;
using Kontena.Contracts;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Registries;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Contracts.Vault;
using Kontena.Contracts.Volumes;
using Kontena.GridManager.Decisions;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.GridManager.Tests;

/// <summary>Small grids to decide about, and what a batch holds in words.</summary>
internal static class Some
{
    public static readonly DateTimeOffset Day = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset Now = Day.AddHours(1);
    private static int _ids;

    public static string NewId() => Interlocked.Increment(ref _ids).ToString("x24");

    public static Grid Grid(string name = "prod") => new() { Name = name, Token = $"the-token-of-{name}", CreatedAt = Day, UpdatedAt = Day };

    public static GridSnapshot Snapshot(params IReadOnlyList<object> documents) => new()
    {
        Grid = documents.OfType<Grid>().FirstOrDefault() ?? Grid(),
        Nodes = [.. documents.OfType<Node>().Select(node => new Versioned<Node>(node, 3))],
        Stacks = [.. documents.OfType<Stack>().Select(stack => new Versioned<Stack>(stack, 5))],
        Services = [.. documents.OfType<Service>().Select(service => new Versioned<Service>(service, 7))],
        Secrets = [.. documents.OfType<Secret>().Select(secret => new Versioned<Secret>(secret, 11))],
        Registries = [.. documents.OfType<ExternalRegistry>().Select(registry => new Versioned<ExternalRegistry>(registry, 13))],
        Volumes = [.. documents.OfType<Volume>().Select(volume => new Versioned<Volume>(volume, 9))],
    };

    public static Node Node(int number, string? name = null, string? nodeId = null, string? token = null) => new()
    {
        Grid = "prod",
        Name = name ?? $"core-{number}",
        Number = number,
        NodeId = nodeId ?? $"ID:{number}",
        Token = token,
        Facts = new NodeFacts { Os = "Debian" },
        CreatedAt = Day,
        UpdatedAt = Day,
    };

    public static NodeHeartbeat Beat(string node, string nodeId, string factsHash, string? run = null) =>
        new() { Grid = "prod", Node = node, NodeId = nodeId, SentAt = Day, FactsHash = factsHash, ObservedDigest = "", Run = run };

    public static Service Service(string id, params string[] links)
    {
        var (stack, name) = (id.Split('/')[0], id.Split('/')[1]);
        return new Service
        {
            Grid = "prod",
            Stack = stack,
            Name = name,
            Uid = $"uid-of-{id}",
            Spec = new ServiceSpec
            {
                Image = $"{name}:1",
                Links = [.. links.Select(link => new ServiceLink(link.Split('/')[0], link.Split('/')[1], "x"))],
            },
            State = ServiceState.Initialized,
            CreatedAt = Day,
            UpdatedAt = Day,
        };
    }

    public static Volume Volume(string name = "data") => new()
    {
        Grid = "prod", Name = name, Uid = $"uid-of-{name}", Scope = VolumeScope.Instance, Driver = "local", CreatedAt = Day, UpdatedAt = Day,
    };

    public static ServiceRequest Request(string name, params string[] links) =>
        new() { Name = name, Image = $"{name}:1", Stateful = false, Links = [.. links.Select(link => new LinkRequest(link, "x"))] };

    public static StackRequest StackRequest(params IReadOnlyList<ServiceRequest> services) =>
        new() { Name = "shop", Stack = "acme/shop", Version = "1.0", Source = "stack: acme/shop", Services = services };

    public static Stack Stack(params IReadOnlyList<ServiceRequest> services) => new()
    {
        Grid = "prod",
        Name = "shop",
        Uid = "uid-of-shop",
        Revision = 1,
        Latest = new StackRevision { StackName = "acme/shop", Version = "1.0", Source = "stack: acme/shop", Services = services, CreatedAt = Day },
        CreatedAt = Day,
    };

    /// <summary>The put documents of a kind.</summary>
    public static IReadOnlyList<T> Puts<T, TReply>(this Decision<TReply> decision, DocumentKind<T> kind) =>
        [.. (decision.Batch?.Puts ?? []).Where(put => put.Key.Kind == kind.Name).Select(put => JsonSerializer.Deserialize(put.Json, kind.Json)!)];

    public static IReadOnlyList<string> Deletes<TReply>(this Decision<TReply> decision) =>
        [.. (decision.Batch?.Deletes ?? []).Select(delete => $"{delete.Key.Kind} {delete.Key.Id} {delete.Expected}")];

    /// <summary>The facts announced to the grid's scheduler: <c>kind id</c>.</summary>
    public static IReadOnlyList<string> Announced<TReply>(this Decision<TReply> decision) =>
        [.. (decision.Batch?.Messages ?? [])
            .Where(message => message.Type == typeof(GridFactChanged).FullName)
            .Select(message => JsonSerializer.Deserialize(message.Body, KontenaJson.Default.GridFactChanged)!)
            .Select(fact => $"{fact.Kind} {fact.Id}")];

    public static string Show(this CommandResult result) =>
        $"{result.Outcome}" + string.Concat(result.Errors.Select(error => $"; {string.Join('.', error.Path)}: {error.Message}"));
}
