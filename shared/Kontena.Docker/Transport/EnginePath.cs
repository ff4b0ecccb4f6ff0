namespace Kontena.Docker.Transport;

/// <summary>Puts names into request paths so that no name can become another request.</summary>
internal static class EnginePath
{
    private const int MaxName = 1024;

    /// <summary>A container, network, volume or exec id or name: one segment.</summary>
    public static string Segment(string name)
    {
        Check(name, name);
        return Uri.EscapeDataString(name);
    }

    /// <summary>An image reference, whose slashes are part of the path.</summary>
    public static string Image(string reference)
    {
        var segments = reference.Split('/');
        foreach (var segment in segments) Check(segment, reference);
        return string.Join('/', segments.Select(Uri.EscapeDataString));
    }

    private static void Check(string segment, string whole)
    {
        if (segment is "" or "." or ".." || whole.Length > MaxName)
        {
            var shown = whole.Length > 80 ? whole[..80] + "…" : whole;
            throw new EngineException(400, $"'{shown}' is not a name the engine can have: it is empty, has an empty part, or is over {MaxName} characters.");
        }
    }
}
