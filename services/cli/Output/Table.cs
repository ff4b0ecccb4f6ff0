using System.Text;

namespace Kontena.Cli.Output;

/// <summary>Left-aligned columns, three blanks apart, upper-case header, no borders, never wrapped (cli.md §2.3).</summary>
internal sealed class Table(params string[] headers)
{
    private const string Gap = "   ";
    private readonly List<string[]> rows = [];

    public Table Add(params string[] cells)
    {
        rows.Add(cells);
        return this;
    }

    public void Write(TextWriter output, Paint paint)
    {
        if (rows.Count == 0)
        {
            output.WriteLine(paint.Bold(string.Join("  ", headers)));
            return;
        }

        var widths = new int[headers.Length];
        for (var column = 0; column < headers.Length; column++)
        {
            widths[column] = headers[column].Length;
            foreach (var row in rows) widths[column] = Math.Max(widths[column], VisibleLength(row[column]));
        }

        WriteRow(output, headers, widths, paint.Bold);
        foreach (var row in rows) WriteRow(output, row, widths, static cell => cell);
    }

    /// <summary>Characters on the screen: escape sequences take no room, a pair of surrogates takes one place.</summary>
    internal static int VisibleLength(string text)
    {
        var length = 0;
        var escape = false;
        foreach (var character in text)
        {
            if (escape) escape = character != 'm';
            else if (character == '\e') escape = true;
            else if (!char.IsLowSurrogate(character)) length++;
        }

        return length;
    }

    private static void WriteRow(TextWriter output, string[] cells, int[] widths, Func<string, string> decorate)
    {
        var last = cells.Length - 1;
        while (last > 0 && cells[last].Length == 0) last--;
        var line = new StringBuilder();
        for (var column = 0; column <= last; column++)
        {
            if (column > 0) line.Append(Gap);
            line.Append(decorate(cells[column]));
            if (column < last) line.Append(' ', widths[column] - VisibleLength(cells[column]));
        }

        output.WriteLine(line.ToString());
    }
}
