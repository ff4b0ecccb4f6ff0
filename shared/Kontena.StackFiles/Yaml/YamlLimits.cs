namespace Kontena.StackFiles.Yaml;

/// <summary>How much a file may ask of its reader. Generous for people, final for attacks.</summary>
public static class YamlLimits
{
    public const int FileBytes = 1024 * 1024;

    /// <summary>Mappings and lists inside one another.</summary>
    public const int Depth = 64;

    /// <summary>Nodes after aliases are followed, so that a small file can't grow into a large one.</summary>
    public const int Nodes = 100_000;

    /// <summary>Files that may refer to one another by <c>extends</c>.</summary>
    public const int Files = 32;
}
