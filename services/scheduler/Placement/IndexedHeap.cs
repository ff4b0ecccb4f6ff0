namespace Kontena.Scheduler.Placement;

/// <summary>Whole numbers, the least of an order on top; any of them can leave or move when its rank has changed.</summary>
/// <param name="positions">Where each number is in the heap, -1 where it is not. May be shared by heaps that hold different numbers.</param>
/// <param name="order">Compares two numbers by their ranks of now.</param>
internal sealed class IndexedHeap(int[] positions, Comparison<int> order)
{
    private readonly List<int> _items = [];

    public int Count => _items.Count;

    public int Top => _items[0];

    /// <summary>Adds without regard to order; <see cref="Settle"/> makes up for it.</summary>
    public void Append(int item)
    {
        positions[item] = _items.Count;
        _items.Add(item);
    }

    public void Settle()
    {
        for (var at = (_items.Count / 2) - 1; at >= 0; at--)
            SiftDown(at);
    }

    /// <summary>Adds the number, or moves it to where its rank belongs now.</summary>
    public void Place(int item)
    {
        if (positions[item] < 0)
            Append(item);
        var at = positions[item];
        if (SiftUp(at) == at)
            SiftDown(at);
    }

    public void Remove(int item)
    {
        var at = positions[item];
        if (at < 0)
            return;
        var last = _items[^1];
        _items.RemoveAt(_items.Count - 1);
        positions[item] = -1;
        if (last == item)
            return;
        Put(last, at);
        Place(last);
    }

    private int SiftUp(int at)
    {
        var item = _items[at];
        while (at > 0)
        {
            var parent = (at - 1) / 2;
            if (order(item, _items[parent]) >= 0)
                break;
            Put(_items[parent], at);
            at = parent;
        }

        Put(item, at);
        return at;
    }

    private void SiftDown(int at)
    {
        var item = _items[at];
        while (true)
        {
            var child = (2 * at) + 1;
            if (child >= _items.Count)
                break;
            if (child + 1 < _items.Count && order(_items[child + 1], _items[child]) < 0)
                child++;
            if (order(item, _items[child]) <= 0)
                break;
            Put(_items[child], at);
            at = child;
        }

        Put(item, at);
    }

    private void Put(int item, int at)
    {
        _items[at] = item;
        positions[item] = at;
    }
}
