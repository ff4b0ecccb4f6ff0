namespace Kontena.Cli.Parsing;

/// <summary>Where the words led: the entry they name and what is left for it.</summary>
/// <param name="Path">The names that lead to the entry, e.g. <c>kontena stack</c>.</param>
/// <param name="Entry">A group when the words ended early.</param>
internal sealed record Resolution(string Path, CommandEntry Entry, string[] Rest)
{
    public bool Help { get; init; }

    public bool Version { get; init; }

    public bool Debug { get; init; }

    /// <summary>Walks the tree along the words up to a command. Options before it can only be the few global ones.</summary>
    public static Resolution Of(GroupEntry root, string[] words)
    {
        CommandEntry entry = root;
        var path = root.Name;
        bool help = false, version = false, debug = false;
        for (var i = 0; i < words.Length && entry is GroupEntry group; i++)
        {
            switch (words[i])
            {
                case "-h" or "--help":
                    help = true;
                    break;
                case "-v" or "--version" when group == root:
                    version = true;
                    break;
                case "-D" or "--debug":
                    debug = true;
                    break;
                case "--no-debug":
                    debug = false;
                    break;
                case ['-', _, ..] option:
                    throw new UsageException($"Unrecognised option '{option}'") { Data = { ["path"] = path } };
                case var word:
                    var children = group.Children();
                    entry = Array.Find(children, child => child.Answers(word)) ?? throw Unknown(path, word, children);
                    path = $"{path} {entry.Name}";
                    if (entry is LeafEntry)
                        return new Resolution(path, entry, words[(i + 1)..]) { Help = help, Version = version, Debug = debug };
                    break;
            }
        }

        return new Resolution(path, entry, []) { Help = help, Version = version, Debug = debug };
    }

    private static UsageException Unknown(string path, string word, CommandEntry[] children)
    {
        var known = children.Where(child => !child.Hidden).SelectMany(child => child.Aliases.Prepend(child.Name));
        var elsewhere = Elsewhere.Of(path, word);
        return new UsageException(elsewhere ?? $"No such sub-command '{word}'{DidYouMean.Sentence(DidYouMean.Of(word, known))}")
        {
            Data = { ["path"] = path },
        };
    }
}
