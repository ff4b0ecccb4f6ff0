namespace Kontena.Scheduler.Placement;

/// <summary>An array of fixed length that is never changed: a changed one shares all but the pages that differ.</summary>
internal sealed class PagedArray<T>
{
    private const int Shift = 6;
    private const int PageSize = 1 << Shift;
    private const int Mask = PageSize - 1;

    private readonly T[][] _pages;

    private PagedArray(T[][] pages) => _pages = pages;

    public T this[int index] => _pages[index >> Shift][index & Mask];

    public static PagedArray<T> Filled(int length, T value)
    {
        var page = new T[PageSize];
        Array.Fill(page, value);
        var pages = new T[(length + Mask) >> Shift][];
        Array.Fill(pages, page);
        return new PagedArray<T>(pages);
    }

    public Draft ToDraft() => new(_pages);

    /// <summary>The next array while it is written; each page is copied at its first change.</summary>
    public sealed class Draft(T[][] before)
    {
        private readonly T[][] _pages = [.. before];

        public T this[int index]
        {
            get => _pages[index >> Shift][index & Mask];
            set
            {
                var page = index >> Shift;
                if (ReferenceEquals(_pages[page], before[page]))
                    _pages[page] = [.. before[page]];
                _pages[page][index & Mask] = value;
            }
        }

        /// <summary>The draft is not to be written after this.</summary>
        public PagedArray<T> ToArray() => new(_pages);
    }
}
