namespace Kontena.Core.Services;

/// <summary>Affinity lists of services and grids; the grammar is that of runtime.md §2.4.</summary>
public static class AffinityRules
{
    private static readonly string[] Subjects = ["node", "service", "container", "label"];

    public static IReadOnlyList<string> Read(IReadOnlyList<string> affinity, string field, FieldErrors errors)
    {
        for (var index = 0; index < affinity.Count; index++)
        {
            if (affinity[index] is not { } text)
                errors.Reason("can't be nil", field, FieldErrors.At(index));
            else if (Mistake(text) is { } mistake)
                errors.Say(mistake, field, FieldErrors.At(index));
        }

        return affinity;
    }

    private static string? Mistake(string text)
    {
        var at = text.IndexOf('=');
        var op = at > 0 && text[at - 1] == '!' ? at - 1 : at;
        if (op < 1 || (text[op] == '=' && (at + 1 >= text.Length || text[at + 1] != '=')))
            return $"'{text}' is not an affinity; expected subject==value or subject!=value, such as label==az=1";
        return Subjects.Contains(text[..op]) ? null : $"'{text[..op]}' in '{text}' can't be compared; expected one of {string.Join(", ", Subjects)}";
    }
}
