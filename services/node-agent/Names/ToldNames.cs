using Kontena.Contracts.Names;
using Kontena.Core.Names;

namespace Kontena.NodeAgent.Names;

/// <summary>What the scheduler has told this node of its grid's names. Not for two threads.</summary>
internal sealed class ToldNames
{
    /// <summary>Pages of one telling, and with them rows: 200,000 addresses. What is more is not taken in.</summary>
    public const int MostPages = 400;

    private readonly Dictionary<string, NamedInstance> _rows = new(StringComparer.Ordinal);
    private List<NamedInstance>? _pages;
    private (long Epoch, long Revision, int Next) _telling;
    private NamesDigest _digest;

    public string Grid { get; private set; } = "";

    public long Epoch { get; private set; }

    public long Revision { get; private set; }

    /// <summary>Null until something was told.</summary>
    public string? Digest => Grid.Length == 0 ? null : _digest.ToString();

    public IReadOnlyDictionary<string, NamedInstance> Rows => _rows;

    /// <returns>Keys of the rows that may be others now; empty when the message is late.</returns>
    public IReadOnlyCollection<string> Take(NamesChanged message)
    {
        // Before everything was told, a part of it is none: the digest must show that.
        if (message.Grid != Grid || (message.Epoch == Epoch && message.Revision <= Revision))
            return [];
        (Epoch, Revision) = (message.Epoch, message.Revision);
        foreach (var row in message.Upserts)
            Put(row);
        foreach (var key in message.Removals)
            Remove(key);
        return [.. message.Upserts.Select(row => row.Key), .. message.Removals];
    }

    /// <returns>As for changes; empty until the last page.</returns>
    public IReadOnlyCollection<string> Take(NamesTold message)
    {
        if (message.Page == 0)
            (_pages, _telling) = ([], (message.Epoch, message.Revision, 0));
        if (_pages is null || _telling != (message.Epoch, message.Revision, message.Page) || message.Page >= MostPages)
        {
            _pages = null;
            return [];
        }

        _pages.AddRange(message.Instances);
        _telling.Next++;
        if (_telling.Next < message.Pages)
            return [];
        var rows = _pages;
        _pages = null;
        return Restore(message.Grid, message.Epoch, message.Revision, rows);
    }

    /// <summary>Everything at once, told or read from the file of the last run.</summary>
    public IReadOnlyCollection<string> Restore(string grid, long epoch, long revision, IReadOnlyList<NamedInstance> rows)
    {
        var before = _rows.Keys.ToHashSet(StringComparer.Ordinal);
        Clear();
        (Grid, Epoch, Revision) = (grid, epoch, revision);
        foreach (var row in rows)
            Put(row);
        before.UnionWith(_rows.Keys);
        return before;
    }

    public void Clear()
    {
        _rows.Clear();
        (Grid, Epoch, Revision, _digest, _pages) = ("", 0, 0, default, null);
    }

    private void Put(NamedInstance row)
    {
        Remove(row.Key);
        _rows[row.Key] = row;
        _digest = _digest.With(row);
    }

    private void Remove(string key)
    {
        if (_rows.Remove(key, out var row))
            _digest = _digest.Without(row);
    }
}
