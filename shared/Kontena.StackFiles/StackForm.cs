using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles;

/// <summary>The shapes a file may have (stack-file.md §17.1).</summary>
internal enum StackForm
{
    /// <summary><c>stack:</c> and <c>services:</c>.</summary>
    Stack,

    /// <summary><c>services:</c> without <c>stack:</c>: Kontena's app files of 2016 and docker-compose.yml from version 2 on.</summary>
    Services,

    /// <summary>Services at the root: Kontena's files of 2015 and the first docker-compose.yml.</summary>
    Bare,
}

internal static class StackForms
{
    private static readonly string[] StackKeys = ["stack", "services", "variables", "volumes", "depends", "expose", "meta"];

    public static StackForm Of(YamlMap root)
    {
        if (root.Entry("stack") is not null)
            return StackForm.Stack;
        if (root.Entry("services") is not null)
            return StackForm.Services;
        var bare = root.Entries.Count > 0 && root.Entries.All(entry => entry.Value is YamlMap && !StackKeys.Contains(entry.Key));
        return bare ? StackForm.Bare : StackForm.Stack;
    }
}
