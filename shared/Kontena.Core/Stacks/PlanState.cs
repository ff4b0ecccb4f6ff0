using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kontena.Contracts;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Contracts.Volumes;

namespace Kontena.Core.Stacks;

/// <summary>What of a grid a plan for one of its stacks rests on, as one short hash for each part (infra/docs/decisions/0028). What changes all the time without
/// changing a plan is not in it: heartbeats, suspicion, troubles, where instances are.</summary>
/// <param name="Stack">The planned stack: which one it is and its revision.</param>
/// <param name="Services">Every service of the grid: its revision, state, number of instances.</param>
/// <param name="Nodes">Every node: its machine, labels, size, whether it takes work and whether it is offline.</param>
/// <param name="Rules">The grid's default affinities and quotas, and its volumes.</param>
public sealed record PlanState(string Stack, string Services, string Nodes, string Rules)
{
    /// <summary>Hex digits of each hash: it tells accidents apart, it keeps no secret.</summary>
    public const int Digits = 12;

    /// <param name="services">Without those that are being removed: when they are gone is nobody's plan.</param>
    /// <param name="offline">Names of the nodes that are offline.</param>
    public static PlanState Of(
        Grid grid, Stack? stack, IEnumerable<Service> services, IEnumerable<Node> nodes, IReadOnlySet<string> offline, IEnumerable<Volume> volumes) => new(
        HashOf(stack is null ? [] : [stack.Uid, $"{stack.Revision}", stack.RemovedAt is null ? "" : "removed"]),
        HashOf(services.OrderBy(one => one.Uid, StringComparer.Ordinal).Select(one =>
            $"{one.Uid} {one.Stack}/{one.Name} {one.Revision} {one.State} {one.Spec.Instances}")),
        HashOf(nodes.OrderBy(one => one.Name, StringComparer.Ordinal).Select(one =>
            $"{one.Name} {one.Number} {one.NodeId} {one.Availability} {offline.Contains(one.Name)} {one.Facts?.Cpus} {one.Facts?.MemoryTotal} {one.Facts?.DiskPressure} "
            + string.Join('\n', one.Labels.Order(StringComparer.Ordinal)))),
        HashOf(volumes.OrderBy(one => one.Uid, StringComparer.Ordinal)
            .Select(one => $"{one.Uid} {one.Name} {one.Scope} {one.Driver} {one.RemovedAt is not null}")
            .Append(string.Join('\n', grid.DefaultAffinity)).Append($"{grid.Quota}")
            .Concat(grid.StackQuotas.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key} {one.Value}"))));

    /// <summary>Of a request: what it asks for, in whatever order it names services; not its labels and metadata, which change nothing that runs.</summary>
    public static string OfRequest(StackRequest request) => HashOf(
    [
        JsonSerializer.Serialize(
            request with
            {
                Name = null, Plan = null, Labels = null, Metadata = null, Parent = null, ParentName = null,
                Services = request.Services is null ? null : [.. request.Services.OrderBy(one => one?.Name, StringComparer.Ordinal)],
            },
            KontenaHttpJson.Default.StackRequest),
    ]);

    /// <summary>The same on every machine; equal exactly when all parts are.</summary>
    public override string ToString() => $"{Stack}{Services}{Nodes}{Rules}";

    private static string HashOf(IEnumerable<string> lines)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var line in lines)
        {
            // The length in front: no two lists of lines read the same.
            hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{line.Length}:{line}")));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..Digits];
    }
}
