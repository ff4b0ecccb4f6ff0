using Kontena.Contracts.Exec;

namespace Kontena.Api.Exec;

/// <summary>Puts outputs in the order of their numbers: each exactly once, none before its predecessors.</summary>
internal sealed class OutputOrder
{
    /// <summary>So many may wait for one that is missing.</summary>
    public const int MostWaiting = 1024;

    private readonly Dictionary<long, ExecOutput> _waiting = [];
    private long _next = 1;

    public bool HasGap => _waiting.Count > 0;

    /// <returns>What may be handed on now; null when more wait than <see cref="MostWaiting"/>.</returns>
    public IReadOnlyList<ExecOutput>? Accept(ExecOutput output)
    {
        if (output.Sequence < _next)
            return [];
        _waiting.TryAdd(output.Sequence, output);
        var ready = new List<ExecOutput>();
        while (_waiting.Remove(_next, out var following))
        {
            ready.Add(following);
            _next++;
        }

        return _waiting.Count > MostWaiting ? null : ready;
    }
}
