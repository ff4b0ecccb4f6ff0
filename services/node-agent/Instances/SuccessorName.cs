namespace Kontena.NodeAgent.Instances;

/// <summary>What a container is called while it is started beside the one that it is to replace: <c>shop.web-1.next</c>. The name of an instance ends
/// with its number, so none is called like that.</summary>
internal static class SuccessorName
{
    private const string Suffix = ".next";

    public static string Of(string name) => name + Suffix;

    /// <summary>The instance's name, whichever of the two it is.</summary>
    public static string Plain(string name) => name.EndsWith(Suffix, StringComparison.Ordinal) ? name[..^Suffix.Length] : name;
}
