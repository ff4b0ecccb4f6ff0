using Kontena.StackFiles.Variables;
using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles.Extending;

/// <summary>A file with its references replaced, ready for its services to be taken.</summary>
internal sealed record LoadedFile(string Path, StackForm Form, YamlMap Root, VariableSet Variables, string Text)
{
    public string Folder => System.IO.Path.GetDirectoryName(Path) ?? "";

    public YamlMap? Services => Form == StackForm.Bare ? Root : Root["services"] as YamlMap;

    /// <summary>A path written in this file, as the caller can open it.</summary>
    public string Resolve(string path) => System.IO.Path.IsPathRooted(path) ? path : System.IO.Path.Combine(Folder, path);
}
