namespace Kontena.StackFiles.Services;

/// <summary>Image names as the engine takes them.</summary>
internal static class ImageName
{
    /// <summary><c>:latest</c> where neither a tag nor a digest is given; a registry's port is no tag (stack-file.md §15).</summary>
    public static string WithTag(string image)
    {
        var last = image[(image.LastIndexOf('/') + 1)..];
        return last.Contains(':', StringComparison.Ordinal) || last.Contains('@', StringComparison.Ordinal) ? image : image + ":latest";
    }
}
