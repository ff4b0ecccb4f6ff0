namespace Kontena.NodeAgent.Housekeeping;

/// <summary>Two spellings of one image are made equal: the engine lists <c>nginx:1</c> where an order may say <c>docker.io/library/nginx:1</c>. Pure.</summary>
internal static class ImageNames
{
    private static readonly string[] Hubs = ["docker.io/", "index.docker.io/"];

    public static string Normal(string reference)
    {
        var hub = Hubs.FirstOrDefault(one => reference.StartsWith(one, StringComparison.Ordinal));
        var name = hub is null ? reference : reference[hub.Length..];
        if (name.StartsWith("library/", StringComparison.Ordinal))
            name = name["library/".Length..];
        var at = name.IndexOf('@', StringComparison.Ordinal);
        var bare = at < 0 ? name : name[..at];
        var colon = bare.LastIndexOf(':');
        var hasTag = colon > bare.LastIndexOf('/');
        // A digest says all; the engine lists it without the tag that may stand before it.
        return at >= 0 ? (hasTag ? bare[..colon] : bare) + name[at..] : hasTag ? name : name + ":latest";
    }
}
