using Kontena.Contracts.Names;
using Kontena.Contracts.Services;

namespace Kontena.Core.Names;

/// <summary>Who may reach whom in a grid's network, as far as stacks are private. Pure; the firewall and the name server both ask here.</summary>
public static class Reach
{
    /// <param name="from">Who wants to.</param>
    /// <param name="to">Whose address it is.</param>
    public static bool Is(NamedInstance from, NamedInstance to) => Is(from.Stack, from.Links ?? [], to);

    /// <param name="stack">Of who wants to.</param>
    /// <param name="links">As in <see cref="NamedInstance.Links"/>.</param>
    public static bool Is(string stack, IReadOnlyCollection<string> links, NamedInstance to) =>
        !to.Private || stack == to.Stack || links.Contains(Service.DocumentId(to.Stack, to.Service), StringComparer.Ordinal);
}
