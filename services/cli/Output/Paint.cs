namespace Kontena.Cli.Output;

/// <summary>Colours, or plain text when the stream is not a terminal or the person asked for none (cli.md §2.1).</summary>
internal readonly record struct Paint(bool Enabled)
{
    public string Green(string text) => With("32", text);

    public string Yellow(string text) => With("33", text);

    public string Red(string text) => With("31", text);

    public string Blue(string text) => With("34", text);

    public string Cyan(string text) => With("36", text);

    public string Dim(string text) => With("2", text);

    public string Bold(string text) => With("1", text);

    /// <summary>One of twelve colours, for telling log sources apart.</summary>
    public string Numbered(int number, string text) => With(LogColours[number % LogColours.Length], text);

    private static readonly string[] LogColours = ["32", "33", "34", "35", "36", "31", "92", "93", "94", "95", "96", "91"];

    private string With(string code, string text) => Enabled && text.Length > 0 ? $"\e[{code}m{text}\e[0m" : text;
}
