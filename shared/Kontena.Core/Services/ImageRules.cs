using System.Text.RegularExpressions;

namespace Kontena.Core.Services;

/// <summary>Names of images: <c>[registry[:port]/]path[:tag][@digest]</c>, as every engine takes them. What no engine can pull is refused here, not in a deploy.</summary>
internal static partial class ImageRules
{
    private const int MaxLength = 512;

    public static string? Read(string? image, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(image) || (image.Length <= MaxLength && Form().IsMatch(image)))
            return image;
        errors.Reason("isn't in the right format: a name such as nginx:1.25 or registry.example.com:5000/team/app:2, in lower case", "image");
        return null;
    }

    /// <summary>Registries may have capitals, as host names do; paths may not.</summary>
    [GeneratedRegex(
        @"\A(?:(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:]+\])(?::[0-9]+)?/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[A-Za-z0-9+._-]+:[0-9A-Fa-f]{32,})?\z",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
