using System.Globalization;

namespace Kontena.StackFiles.Yaml;

/// <summary>Numbers of YAML 1.1: octal with a leading zero, hexadecimal, <c>_</c> between digits. Base-60 (<c>22:22</c>) stays text: it was never meant as a number.</summary>
internal static class YamlNumbers
{
    public static long? Integer(string text)
    {
        var (sign, digits) = Split(text);
        if (digits.Length == 0 || digits.StartsWith('_'))
            return null;
        digits = digits.Replace("_", "", StringComparison.Ordinal);
        if (digits.StartsWith("0x", StringComparison.Ordinal))
            return long.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? sign * hex : null;
        if (digits.Length > 1 && digits[0] == '0' && digits.All(c => c is >= '0' and <= '7') && digits.Length <= 20)
            return sign * digits.Aggregate(0L, (value, digit) => unchecked((value * 8) + (digit - '0')));
        return digits.All(char.IsAsciiDigit) && !(digits.Length > 1 && digits[0] == '0')
            && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? sign * value : null;
    }

    /// <summary>Needs a dot: <c>1e3</c> is text.</summary>
    public static double? Float(string text)
    {
        var (sign, digits) = Split(text);
        return digits.Contains('.') && digits.Any(char.IsAsciiDigit)
            && double.TryParse(digits.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value)
            ? sign * value : null;
    }

    private static (int Sign, string Digits) Split(string text) => text switch
    {
        ['-', .. var rest] => (-1, rest),
        ['+', .. var rest] => (1, rest),
        _ => (1, text),
    };
}
