namespace Kontena.Docker.Images;

/// <summary>An image's name apart from its tag or digest: pull and push want them in different places.</summary>
internal readonly record struct ImageReference(string Name, string Tag)
{
    /// <summary><c>[registry[:port]/]name[:tag][@digest]</c>; without a tag it is <c>latest</c>, since an empty one means "all of them" to a pull.</summary>
    public static ImageReference Parse(string reference)
    {
        var at = reference.IndexOf('@');
        var name = at < 0 ? reference : reference[..at];
        var colon = name.LastIndexOf(':');
        var tagged = colon > name.LastIndexOf('/');
        var bare = tagged ? name[..colon] : name;
        return new ImageReference(bare, at >= 0 ? reference[(at + 1)..] : tagged && colon + 1 < name.Length ? name[(colon + 1)..] : "latest");
    }
}
