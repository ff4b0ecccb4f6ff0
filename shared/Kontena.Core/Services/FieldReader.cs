using System.Text;

namespace Kontena.Core.Services;

/// <summary>Texts as the API takes them (rest-api.md §2.1): trimmed, unprintable characters made a space, blank refused.</summary>
internal sealed class FieldReader(FieldErrors errors)
{
    /// <summary>Longer texts are mistakes, not settings.</summary>
    private const int MaxLength = 131_072;

    public string? Text(string? value, string field)
    {
        if (value is null)
            return null;
        var text = Printable(value).Trim();
        if (text.Length == 0)
            errors.Reason("can't be blank", field);
        else if (text.Length > MaxLength)
            errors.Reason("is too long", field);
        return text;
    }

    public IReadOnlyList<string> Texts(IReadOnlyList<string> values, string field, bool blankAllowed = false)
    {
        for (var index = 0; index < values.Count; index++)
        {
            // JSON can put null into a list that has none by type.
            if (values[index] is not { } value)
                errors.Reason("can't be nil", field, FieldErrors.At(index));
            else if (!blankAllowed && string.IsNullOrWhiteSpace(value))
                errors.Reason("can't be blank", field, FieldErrors.At(index));
            else if (value.Length > MaxLength)
                errors.Reason("is too long", field, FieldErrors.At(index));
        }

        return values;
    }

    private static string Printable(string value)
    {
        if (!value.Any(IsUnprintable))
            return value;
        var text = new StringBuilder(value.Length);
        foreach (var c in value)
        {
            if (!IsUnprintable(c))
                text.Append(c);
            else if (text.Length == 0 || text[^1] != ' ')
                text.Append(' ');
        }

        return text.ToString();
    }

    private static bool IsUnprintable(char c) => char.IsControl(c) && c is not ('\t' or '\r' or '\n');
}
