using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles.Variables;

/// <summary><c>random_string</c>, <c>random_number</c> and <c>random_uuid</c> (stack-file.md §6.3).</summary>
internal static class RandomSources
{
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int LongestText = 4096;

    public static string? Value(VariableSource source, Random random, string path, Remarks remarks)
    {
        switch (source.Name)
        {
            case "random_uuid":
                var bytes = new byte[16];
                random.NextBytes(bytes);
                bytes[7] = (byte)((bytes[7] & 0x0F) | 0x40);
                bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
                return new Guid(bytes).ToString();
            case "random_number":
                var min = Number(source.HintNode, "min");
                var max = Number(source.HintNode, "max");
                if (min is null || max is null || min > max || max == long.MaxValue)
                {
                    remarks.Error(source.Place, path, "random_number needs {min: NUMBER, max: NUMBER} with min at most max");
                    return null;
                }

                return $"{random.NextInt64(min.Value, max.Value + 1)}";
            default:
                var length = source.HintNode is YamlScalar scalar ? YamlNumbers.Integer(scalar.Text) : Number(source.HintNode, "length");
                if (length is not (> 0 and <= LongestText))
                {
                    remarks.Error(source.Place, path, $"random_string needs a length from 1 to {LongestText}");
                    return null;
                }

                var charset = (source.HintNode as YamlMap)?["charset"] is YamlScalar name ? Charset(name.Text) : Alphanumeric;
                return string.Concat(random.GetItems<char>(charset, (int)length.Value));
        }
    }

    private static long? Number(YamlNode? hint, string key) => ((hint as YamlMap)?[key] as YamlScalar)?.AsInteger;

    private static string Charset(string name) => name switch
    {
        "numbers" => "0123456789",
        "letters" => Alphanumeric[..52],
        "upcase" => Alphanumeric[..26],
        "downcase" => Alphanumeric[26..52],
        "alphanumeric" => Alphanumeric,
        "hex" => "0123456789abcdef",
        "hex_upcase" => "0123456789ABCDEF",
        "base64" => Alphanumeric + "+/",
        "ascii_printable" => string.Concat(Enumerable.Range(33, 94).Select(code => (char)code)),
        [var first, '-', var last] when first <= last => string.Concat(Enumerable.Range(first, last - first + 1).Select(code => (char)code)),
        _ => name,
    };
}
