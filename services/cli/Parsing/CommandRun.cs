using System.CommandLine;
using System.Globalization;
using Kontena.Cli.Api;
using Kontena.Cli.Output;
using Kontena.Cli.Settings;

namespace Kontena.Cli.Parsing;

/// <summary>One invocation: the parsed words, and everything a command works with. Each part is made when it is first asked for.</summary>
internal sealed class CommandRun(CliContext context, ParseResult parsed) : IDisposable
{
    private ApiClient? api;

    public CliContext Context => context;

    public ITerminal Terminal => context.Terminal;

    public TimeProvider Time => context.Time;

    /// <summary>Standard output: data only.</summary>
    public TextWriter Out => context.Terminal.Out;

    /// <summary>Colours for <see cref="Out"/>.</summary>
    public Paint Paint => context.OutPaint;

    public Session Session => field ??= new Session(context.Environment);

    public ApiClient Api => api ??= new ApiClient(Session.RequireMaster(), Session.Token, context.Environment);

    public Progress Progress => field ??= context.Progress();

    /// <summary>The version the server named in its answers, when any was asked.</summary>
    public string? ServerVersion => api?.ServerVersion;

    public T? Value<T>(Option<T> option) => parsed.GetValue(option);

    public T Value<T>(Argument<T> argument) => parsed.GetValue(argument)!;

    public bool Given(Option option) => parsed.GetResult(option) is { Implicit: false };

    /// <summary>The values in the order given; empty when it was not.</summary>
    public string[] Values(Option<string[]> option) => parsed.GetValue(option) ?? [];

    public bool Value(Toggle toggle) => !Given(toggle.No) && (Given(toggle.Yes) || toggle.ByDefault);

    /// <summary>A whole number from <paramref name="least"/> up; null when the option was not given.</summary>
    public int? Integer(Option<string?> option, int least = 0)
    {
        if (parsed.GetValue(option) is not { } text) return null;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least
            ? number
            : throw new UsageException($"option '{option.Name}': invalid value '{text}', expected a whole number from {least}");
    }

    public double? Decimal(Option<string?> option)
    {
        if (parsed.GetValue(option) is not { } text) return null;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new UsageException($"option '{option.Name}': invalid value '{text}', expected a number such as 0.5");
    }

    /// <summary>Bytes; units b k m g.</summary>
    public long? Bytes(Option<string?> option)
    {
        if (parsed.GetValue(option) is not { } text) return null;
        return Sizes.Parse(text)
            ?? throw new UsageException($"option '{option.Name}': invalid value '{text}', expected a size such as 64m, 1g or -1");
    }

    /// <summary>Talk for the person: standard error.</summary>
    public void Say(string line) => context.Terminal.Error.WriteLine(line);

    public void Warn(string line) => context.Terminal.Error.WriteLine($" [{context.ErrorPaint.Yellow("warn")}] {line}");

    /// <summary>The next useful command, after success.</summary>
    public void Next(string command) => context.Terminal.Error.WriteLine(context.ErrorPaint.Dim($"Next: {command}"));

    public void Dispose() => api?.Dispose();
}
