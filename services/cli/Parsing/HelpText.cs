using System.CommandLine;

namespace Kontena.Cli.Parsing;

/// <summary>Help in the layout of cli.md §1: items indented by four, descriptions from column 35.</summary>
internal static class HelpText
{
    private const int DescriptionColumn = 34;

    public static void Write(TextWriter output, string path, GroupEntry group)
    {
        output.WriteLine("Usage:");
        output.WriteLine($"    {path} [OPTIONS] SUBCOMMAND [ARG] ...");
        output.WriteLine();
        output.WriteLine($"  {group.Description}");
        output.WriteLine();
        output.WriteLine("Subcommands:");
        foreach (var child in group.Children().Where(child => !child.Hidden))
            Item(output, string.Join(", ", child.Aliases.Prepend(child.Name)), child.Description);
        output.WriteLine();
        output.WriteLine("Options:");
        if (path == "kontena") Item(output, "-v, --version", "print the version of this client");
        Common(output);
        if (path != "kontena") return;
        output.WriteLine();
        output.WriteLine("Start here:");
        output.WriteLine("    kontena master login --token TOKEN URL");
        output.WriteLine("    kontena stack install kontena.yml");
    }

    public static void Write(TextWriter output, string path, LeafEntry leaf, CommandBody body)
    {
        var parameters = body.Arguments.Select(Usage);
        output.WriteLine("Usage:");
        output.WriteLine($"    {string.Join(' ', parameters.Prepend("[OPTIONS]").Prepend(path))}");
        output.WriteLine();
        output.WriteLine($"  {leaf.Description}");
        if (body.Notes is { } notes)
        {
            output.WriteLine();
            foreach (var line in notes.Split('\n')) output.WriteLine($"  {line}");
        }

        if (body.Arguments.Count > 0)
        {
            output.WriteLine();
            output.WriteLine("Parameters:");
            foreach (var argument in body.Arguments) Item(output, argument.Name, argument.Description ?? "");
        }

        output.WriteLine();
        output.WriteLine("Options:");
        foreach (var option in body.Options.Where(option => !option.Hidden)) Item(output, Usage(option), option.Description ?? "");
        Common(output);
        output.WriteLine();
        output.WriteLine("Example:");
        output.WriteLine($"    kontena {leaf.Example}");
    }

    /// <summary><c>-p, --ports PORT</c>, <c>--[no-]wait</c>.</summary>
    public static string Usage(Option option)
    {
        if (option.HelpName?.StartsWith("--[", StringComparison.Ordinal) == true) return option.HelpName;
        var names = string.Join(", ", option.Aliases.Append(option.Name).OrderBy(name => name.Length));
        return option.HelpName is null ? names : $"{names} {option.HelpName}";
    }

    /// <summary><c>NAME</c>, <c>[FILE]</c>, <c>NAME ...</c>, <c>[SERVICE] ...</c>.</summary>
    public static string Usage(Argument argument) => (argument.Arity.MinimumNumberOfValues, argument.Arity.MaximumNumberOfValues) switch
    {
        (0, 1) => $"[{argument.Name}]",
        (0, _) => $"[{argument.Name}] ...",
        (_, 1) => argument.Name,
        _ => $"{argument.Name} ...",
    };

    private static void Common(TextWriter output)
    {
        Item(output, "-h, --help", "print help");
        Item(output, "-D, --[no-]debug", "show what goes wrong in full (default: $DEBUG)");
    }

    private static void Item(TextWriter output, string name, string description) =>
        output.WriteLine($"    {name.PadRight(DescriptionColumn - 4 - 1)} {description}".TrimEnd());
}
