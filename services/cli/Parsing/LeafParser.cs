using System.CommandLine;

namespace Kontena.Cli.Parsing;

/// <summary>Parses what follows a command's name. Only this command's options are built, which keeps every start fast.</summary>
internal static class LeafParser
{
    private static readonly ParserConfiguration Configuration = new()
    {
        EnablePosixBundling = true,

        // "@file" is an ordinary value here.
        ResponseFileTokenReplacer = null,
    };

    public static (ParseResult Parsed, bool Help, bool Debug) Parse(LeafEntry leaf, CommandBody body, string[] words)
    {
        var command = new Command(leaf.Name);
        foreach (var option in body.Options) command.Options.Add(option);
        foreach (var argument in body.Arguments) command.Arguments.Add(argument);
        var help = new Option<bool>("--help", "-h") { Arity = ArgumentArity.Zero };
        var debug = new Option<bool>("--debug", "-D") { Arity = ArgumentArity.Zero };
        var noDebug = new Option<bool>("--no-debug") { Arity = ArgumentArity.Zero };
        command.Options.Add(help);
        command.Options.Add(debug);
        command.Options.Add(noDebug);

        // The parser drops a first word that equals the command's own name; give it that one instead of the person's.
        var parsed = command.Parse([leaf.Name, .. words], Configuration);
        if (parsed.GetValue(help)) return (parsed, true, false);
        Check(command, parsed, words);
        return (parsed, false, parsed.GetValue(debug));
    }

    private static void Check(Command command, ParseResult parsed, string[] words)
    {
        var dashes = Array.IndexOf(words, "--");
        var afterDashes = dashes < 0 ? 0 : words.Length - dashes - 1;

        var taken = command.Arguments.SelectMany(argument => parsed.GetResult(argument)?.Tokens ?? []).Select(token => token.Value)
            .Concat(parsed.UnmatchedTokens).ToList();
        foreach (var word in taken.Take(taken.Count - Math.Min(afterDashes, taken.Count)))
        {
            if (word is not ['-', _, ..]) continue;
            var names = command.Options.Where(option => !option.Hidden).SelectMany(option => option.Aliases.Prepend(option.Name));
            var rest = command.Arguments.Any(argument => argument.Arity.MaximumNumberOfValues > 1)
                ? " (to pass it on, put -- before it)"
                : "";
            if (long.TryParse(word, out _) && command.Arguments.Count > 0 && command.Arguments.All(argument => argument.Arity.MaximumNumberOfValues == 1))
                throw new UsageException($"parameter '{command.Arguments[^1].Name}': invalid value '{word}', a number below zero is not possible");
            throw new UsageException($"Unrecognised option '{word}'{rest}{DidYouMean.Sentence(DidYouMean.Of(word.Split('=')[0], names))}");
        }

        if (parsed.UnmatchedTokens.Count > 0) throw new UsageException($"too many arguments: '{parsed.UnmatchedTokens[0]}' was not expected");

        foreach (var option in command.Options)
        {
            if (option.Arity.MinimumNumberOfValues > 0 && parsed.GetResult(option) is { Implicit: false, Tokens.Count: 0 })
                throw new UsageException($"option '{option.Name}': no value provided");
        }

        foreach (var argument in command.Arguments)
        {
            if (argument.Arity.MinimumNumberOfValues > 0 && (parsed.GetResult(argument)?.Tokens.Count ?? 0) == 0)
                throw new UsageException($"parameter '{argument.Name}': no value provided");
        }

        if (parsed.Errors.Count > 0) throw new UsageException(parsed.Errors[0].Message);
    }
}
