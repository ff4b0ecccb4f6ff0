namespace Kontena.StackFiles.Services;

/// <summary><c>64m</c>, <c>1G</c>, <c>1024</c>: powers of 1024, any case.</summary>
internal static class SizeText
{
    public static long? Bytes(string text)
    {
        if (text.Length == 0)
            return null;
        var shift = char.ToLowerInvariant(text[^1]) switch { 'b' => 0, 'k' => 10, 'm' => 20, 'g' => 30, _ => -1 };
        var digits = shift < 0 ? text : text[..^1];
        return digits.Length is > 0 and <= 12 && digits.All(char.IsAsciiDigit)
            ? long.Parse(digits) << Math.Max(shift, 0)
            : null;
    }
}
