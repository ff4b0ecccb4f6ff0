using System.CommandLine;
using System.Text;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Vault;

/// <summary>The value of a secret: given on the line, piped in, or typed without being shown (cli.md §4).</summary>
internal sealed class SecretInput(CommandBody body)
{
    /// <summary>Bytes read at most; the master takes less.</summary>
    private const int Limit = 1024 * 1024;

    private readonly Argument<string?> value = body.Optional("VALUE", "The value; without it, it is read from standard input");

    public async Task<string> ReadAsync(CommandRun run, CancellationToken cancellationToken)
    {
        if (run.Value(value) is { } given) return given;
        if (run.Terminal.InIsTerminal)
        {
            run.Terminal.Error.Write("Enter value: ");
            return Required(run.Terminal.ReadSecret());
        }

        var text = new byte[Limit + 1];
        await using var input = run.Terminal.OpenInput();
        var length = await input.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, cancellationToken);
        if (length > Limit) throw new CliException("The input is over 1 MB; a secret has at most 256 KiB");
        var piped = Encoding.UTF8.GetString(text, 0, length);
        return Required(piped.EndsWith("\r\n", StringComparison.Ordinal) ? piped[..^2] : piped.EndsWith('\n') ? piped[..^1] : piped);
    }

    private static string Required(string? text) => string.IsNullOrEmpty(text) ? throw new CliException("Missing input") : text;
}
