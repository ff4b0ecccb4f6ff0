using System.Globalization;

namespace Kontena.LogCollector.Storage;

/// <summary>The id of a line: its segment and its place there, as 24 hex digits that sort as text in the order of arrival (rest-api.md §1.8).</summary>
internal readonly record struct LineId(int Segment, long Row)
{
    public static LineId? Parse(string text) =>
        text.Length == 24
        && int.TryParse(text.AsSpan(0, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var segment)
        && long.TryParse(text.AsSpan(8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var row)
        && segment >= 0 && row >= 0
            ? new LineId(segment, row)
            : null;

    public override string ToString() => $"{Segment:x8}{Row:x16}";
}
