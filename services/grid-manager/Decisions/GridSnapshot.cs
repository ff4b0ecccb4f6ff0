using Kontena.Contracts.Grids;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Registries;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Contracts.Vault;
using Kontena.Contracts.Volumes;
using Kontena.Core.Services;
using Kontena.State.Documents;

namespace Kontena.GridManager.Decisions;

/// <summary>All that grid-manager wants of one grid, as read at one moment.</summary>
internal sealed record GridSnapshot
{
    public required Grid Grid { get; init; }
    public IReadOnlyList<Versioned<Node>> Nodes { get; init; } = [];
    public IReadOnlyList<Versioned<Stack>> Stacks { get; init; } = [];

    /// <summary>Including those being removed.</summary>
    public IReadOnlyList<Versioned<Service>> Services { get; init; } = [];

    /// <summary>Including those being removed.</summary>
    public IReadOnlyList<Versioned<Volume>> Volumes { get; init; } = [];

    /// <summary>Read only for decisions that ask for it; empty for the others.</summary>
    public IReadOnlyList<Versioned<NodeLiveness>> Liveness { get; init; } = [];

    /// <summary>Read only for decisions that ask for the vault; empty for the others.</summary>
    public IReadOnlyList<Versioned<Secret>> Secrets { get; init; } = [];

    /// <summary>As <see cref="Secrets"/>: logins at image registries, their passwords sealed.</summary>
    public IReadOnlyList<Versioned<ExternalRegistry>> Registries { get; init; } = [];

    public IEnumerable<Versioned<Service>> LiveServices => Services.Where(service => service.Value.RemovedAt is null);

    public Versioned<Node>? Node(string name) => Nodes.FirstOrDefault(node => node.Value.Name == name);

    public Versioned<Stack>? Stack(string name) => Stacks.FirstOrDefault(stack => stack.Value.Name == name);

    public Versioned<Volume>? Volume(string name) => Volumes.FirstOrDefault(volume => volume.Value.Name == name);

    public Versioned<Secret>? Secret(string name) => Secrets.FirstOrDefault(secret => secret.Value.Name == name);

    public Versioned<ExternalRegistry>? Registry(string name) => Registries.FirstOrDefault(registry => registry.Value.Name == name);

    public Versioned<Service>? Service(string stack, string name) =>
        Services.FirstOrDefault(service => service.Value.Name == name && service.Value.Stack == stack);

    public IEnumerable<Versioned<Service>> LiveServicesOf(string stack) => LiveServices.Where(service => service.Value.Stack == stack);

    /// <summary>What a service of this stack may refer to.</summary>
    public ServiceSurroundings Around(string stack) => new()
    {
        Grid = Grid.Name,
        Stack = stack,
        Stacks = Stacks.Where(one => one.Value.RemovedAt is null).Select(one => one.Value.Name).ToHashSet(StringComparer.Ordinal),
        Services = LiveServices.Select(one => Contracts.Services.Service.DocumentId(one.Value.Stack, one.Value.Name)).ToHashSet(StringComparer.Ordinal),
        Volumes = VolumesFor(stack),
        Secrets = Secrets.Select(one => one.Value.Name).ToHashSet(StringComparer.Ordinal),
    };

    // A stack knows volumes by the names it declares, and any by its own name, as the API shows it.
    private Dictionary<string, string> VolumesFor(string stack)
    {
        var live = Volumes.Where(one => one.Value.RemovedAt is null).ToDictionary(one => one.Value.Name, one => one.Value.Name, StringComparer.Ordinal);
        foreach (var declared in Stack(stack)?.Value.Latest.Volumes ?? [])
        {
            if (declared.Name is { } name && declared.External is { } external && live.ContainsKey(external))
                live[name] = external;
        }

        return live;
    }
}
