namespace Kontena.Core.Naming;

/// <summary>What things may be called (rest-api.md §1.9). Whole-string rules: a line break never passes.</summary>
public static class NameRules
{
    /// <summary>Names end up in DNS labels, queue names and store keys; none of these is longer than this.</summary>
    public const int MaxLength = 63;

    /// <summary>The store partition of what belongs to no grid; no grid may be called so.</summary>
    public const string ReservedGrid = "_system";

    /// <summary>What <see cref="IsGrid"/> wants, for those who were refused.</summary>
    public const string GridForm = "3 to 63 letters, digits, - and _";

    /// <summary>What <see cref="IsStackOrService"/> wants.</summary>
    public const string StackOrServiceForm = "1 to 63 letters, digits, - and _, not starting with -";

    /// <summary>3 to 63 of <c>[A-Za-z0-9_-]</c>; may start with <c>-</c>.</summary>
    public static bool IsGrid(string name) =>
        name.Length is >= 3 and <= MaxLength && name.All(IsWordCharacter) && name != ReservedGrid;

    /// <summary>1 to 63 of <c>[A-Za-z0-9_-]</c>, the first not <c>-</c>.</summary>
    public static bool IsStackOrService(string name) =>
        name.Length is >= 1 and <= MaxLength && name.All(IsWordCharacter) && name[0] != '-';

    /// <summary>What an agent may call its node: like a host name, dots allowed; 1 to 253.</summary>
    public static bool IsNode(string name) =>
        name.Length is >= 1 and <= 253 && name.All(c => IsWordCharacter(c) || c == '.') && name[0] is not ('-' or '.');

    private static bool IsWordCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';
}
