using Kontena.Docker;

namespace Kontena.NodeAgent.Engine;

/// <summary>How an image is named so that it is the same one on every node (see <c>InstanceSpec.ImagePin</c>). Pure.</summary>
internal static class ImagePins
{
    private const string Hub = "docker.io/";
    private const string Library = "library/";

    /// <summary>The digest under which the image's own registry has it; its id when it was built here, or came under another name.</summary>
    public static string Of(string image, ImageDetails details)
    {
        var name = Familiar(NameOf(image));
        return details.RepoDigests.FirstOrDefault(digest => Familiar(NameOf(digest)) == name) ?? details.Id;
    }

    /// <summary>It can be pulled on any node; otherwise it is the id of an image that only some machines have.</summary>
    public static bool IsPortable(string pin) => pin.Contains('@');

    private static string NameOf(string image)
    {
        var at = image.IndexOf('@');
        var name = at < 0 ? image : image[..at];
        var colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? name[..colon] : name;
    }

    // The engine shortens the names of Docker Hub.
    private static string Familiar(string name)
    {
        var rest = name.StartsWith(Hub, StringComparison.Ordinal) ? name[Hub.Length..] : name;
        return rest.StartsWith(Library, StringComparison.Ordinal) ? rest[Library.Length..] : rest;
    }
}
