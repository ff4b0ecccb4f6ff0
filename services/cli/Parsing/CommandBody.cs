using System.CommandLine;

namespace Kontena.Cli.Parsing;

/// <summary>What a command takes and does. Options and parameters are declared in the constructor with the methods here.</summary>
internal abstract class CommandBody
{
    public List<Option> Options { get; } = [];

    public List<Argument> Arguments { get; } = [];

    /// <summary>A longer explanation below the description, if the command needs one.</summary>
    public virtual string? Notes => null;

    public abstract Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken);

    /// <summary>An option with a value, <c>--name VALUE</c>.</summary>
    public Option<string?> Text(string name, string? letter, string placeholder, string description) =>
        Add(new Option<string?>(name, Letters(letter)) { HelpName = placeholder, Description = description });

    /// <summary>An option that may be given many times; each use adds.</summary>
    public Option<string[]> Many(string name, string? letter, string placeholder, string description) =>
        Add(new Option<string[]>(name, Letters(letter))
        {
            HelpName = placeholder, Description = description, AllowMultipleArgumentsPerToken = false,
        });

    /// <summary>An option without a value.</summary>
    public Option<bool> Switch(string name, string? letter, string description) =>
        Add(new Option<bool>(name, Letters(letter)) { Description = description, Arity = ArgumentArity.Zero });

    /// <summary><c>--name</c> and <c>--no-name</c>.</summary>
    public Toggle Toggle(string name, bool byDefault, string description)
    {
        var yes = Add(new Option<bool>($"--{name}")
        {
            Description = $"{description} (default: {(byDefault ? "yes" : "no")})", Arity = ArgumentArity.Zero, HelpName = $"--[no-]{name}",
        });
        var no = Add(new Option<bool>($"--no-{name}") { Hidden = true, Arity = ArgumentArity.Zero });
        return new Toggle(yes, no, byDefault);
    }

    public Argument<string> Required(string name, string description) =>
        Add(new Argument<string>(name) { Description = description, Arity = ArgumentArity.ExactlyOne });

    public Argument<string?> Optional(string name, string description) =>
        Add(new Argument<string?>(name) { Description = description, Arity = ArgumentArity.ZeroOrOne });

    /// <summary>One or more.</summary>
    public Argument<string[]> Several(string name, string description) =>
        Add(new Argument<string[]>(name) { Description = description, Arity = ArgumentArity.OneOrMore });

    /// <summary>Any number, also none.</summary>
    public Argument<string[]> Any(string name, string description) =>
        Add(new Argument<string[]>(name) { Description = description, Arity = ArgumentArity.ZeroOrMore });

    /// <summary>Works, but the help does not name it.</summary>
    public static T HiddenOption<T>(T option)
        where T : Option
    {
        option.Hidden = true;
        return option;
    }

    private static string[] Letters(string? letter) => letter is null ? [] : [letter];

    private T Add<T>(T symbol)
        where T : Symbol
    {
        if (symbol is Option option) Options.Add(option);
        else if (symbol is Argument argument) Arguments.Add(argument);
        return symbol;
    }
}

/// <summary>A flag that can be said both ways; said both ways at once, no wins.</summary>
internal sealed record Toggle(Option<bool> Yes, Option<bool> No, bool ByDefault);
