using Kontena.Contracts.Names;

namespace Kontena.Core.Names;

/// <summary>What a node was told of its grid's names, whatever way and in whatever order it came. Not for two threads.</summary>
/// <remarks>
/// Changes and whole tellings travel beside one another, so a change may come before the telling that it is newer than, or between its pages: the last changes are kept and
/// made again. What is older than what is known is ignored; should something be missing all the same, the digest shows it.
/// </remarks>
public sealed class ToldNames
{
    /// <summary>Pages of one telling, and with them rows: 200,000 addresses. What is more is not taken in.</summary>
    public const int MostPages = 400;

    /// <summary>Changes that are kept for a telling that is on its way.</summary>
    public const int MostKept = 64;

    /// <summary>A telling that is no newer than the last is a copy of it that was long on its way, unless it comes again and again: then the scheduler's clock was set back.</summary>
    private const int MostIgnored = 3;

    private readonly Dictionary<string, NamedInstance> _rows = new(StringComparer.Ordinal);
    private readonly Queue<NamesChanged> _kept = new();
    private List<NamedInstance>? _pages;
    private (long Epoch, long Revision, int Next) _telling;
    private long _whole;
    private int _ignored;
    private NamesDigest _digest;

    public string Grid { get; private set; } = "";

    public long Epoch { get; private set; }

    public long Revision { get; private set; }

    /// <summary>16 hex digits; null until something was told.</summary>
    public string? Digest => Grid.Length == 0 ? null : _digest.ToString();

    /// <summary>By <see cref="NamedInstance.Key"/>.</summary>
    public IReadOnlyDictionary<string, NamedInstance> Rows => _rows;

    /// <summary>The grid has more names than are taken in; what was known before stays.</summary>
    public bool IsTooLarge { get; private set; }

    /// <returns>Keys of the rows that may be others now; empty when the message is late.</returns>
    public IReadOnlyCollection<string> Take(NamesChanged message)
    {
        _kept.Enqueue(message);
        if (_kept.Count > MostKept)
            _kept.Dequeue();
        // Before everything was told, a part of it is none: the digest must show that.
        if (message.Grid != Grid || message.Epoch < Epoch || (message.Epoch == Epoch && message.Revision <= Revision))
            return [];
        return Change(message);
    }

    /// <returns>As for changes; empty until the last page.</returns>
    public IReadOnlyCollection<string> Take(NamesTold message)
    {
        if (message.Page == 0)
        {
            _pages = null;
            IsTooLarge = message.Pages > MostPages;
            if (IsTooLarge || IsCopy(message))
                return [];
            (_pages, _telling) = ([], (message.Epoch, message.Revision, 0));
        }

        if (_pages is null || _telling != (message.Epoch, message.Revision, message.Page))
        {
            _pages = null;
            return [];
        }

        _pages.AddRange(message.Instances);
        _telling.Next++;
        if (_telling.Next < message.Pages)
            return [];
        var keys = Restore(message.Grid, message.Epoch, message.Revision, _pages);
        _whole = message.Revision;
        _pages = null;
        return [.. keys, .. _kept.Where(one => one.Grid == Grid && one.Epoch == Epoch && one.Revision > Revision).ToList().SelectMany(Change)];
    }

    /// <summary>Everything at once, as the last run knew it.</summary>
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
        (Grid, Epoch, Revision, _digest, _whole, _ignored) = ("", 0, 0, default, 0, 0);
    }

    private bool IsCopy(NamesTold message)
    {
        var isOld = message.Grid == Grid && message.Epoch == Epoch && message.Revision <= _whole;
        if (isOld && ++_ignored <= MostIgnored)
            return true;
        _ignored = 0;
        return false;
    }

    private IReadOnlyCollection<string> Change(NamesChanged message)
    {
        (Epoch, Revision) = (message.Epoch, message.Revision);
        foreach (var row in message.Upserts)
            Put(row);
        foreach (var key in message.Removals)
            Remove(key);
        return [.. message.Upserts.Select(row => row.Key), .. message.Removals];
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
