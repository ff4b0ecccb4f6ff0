using System.Collections.Immutable;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;

namespace Kontena.Scheduler.Snapshots;

/// <summary>The state of a grid in which every service was last looked at for what needs no deploy (<see cref="Repair.ServiceUpkeep"/>).</summary>
/// <param name="Left">Uids of services whose instances were changed after that look.</param>
internal sealed record Upkept(
    DocumentTable<Service> Services, DocumentTable<Node> Nodes, DocumentTable<Instance> Instances, ImmutableSortedSet<string> Left);
