using System.Text;

namespace Kontena.Cli.Exec;

/// <summary>Bytes of a keyboard or pipe as text, keeping back a character until its last byte has come.</summary>
internal sealed class TextDecoder
{
    private readonly Decoder decoder = new UTF8Encoding(false, throwOnInvalidBytes: false).GetDecoder();

    /// <summary>May be empty when the bytes only begin a character.</summary>
    public string Next(ReadOnlySpan<byte> bytes)
    {
        var characters = new char[decoder.GetCharCount(bytes, flush: false)];
        var count = decoder.GetChars(bytes, characters, flush: false);
        return new string(characters, 0, count);
    }
}
