using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kontena.State.Backups;

/// <summary>A backup as a file: gzip of JSON lines, one per header, kept file and document, and a last line with their number and hash.</summary>
/// <remarks>Lines are read with any text tool: <c>zcat FILE | head</c>. It holds tokens and environment values, so it belongs to its owner alone.</remarks>
public static class BackupFile
{
    public const int Format = 1;

    /// <summary>Bytes of the unpacked file that are read; more is no backup of ours.</summary>
    private const long MaxBytes = 4L * 1024 * 1024 * 1024;

    private static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    public static async Task WriteAsync(Stream target, Backup backup, CancellationToken cancellationToken)
    {
        await using var packed = new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true);
        await using var writer = new StreamWriter(packed, Utf8, leaveOpen: true) { NewLine = "\n" };
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var lines = 0;
        foreach (var line in Lines(backup))
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(Utf8.GetBytes(line));
            await writer.WriteLineAsync(line);
            lines++;
        }

        var end = new BackupLine { End = new BackupEnd(lines, Convert.ToHexStringLower(hash.GetHashAndReset())) };
        await writer.WriteLineAsync(JsonSerializer.Serialize(end, BackupJson.Default.BackupLine));
    }

    /// <summary>Reads all of it before anything is done with it.</summary>
    /// <exception cref="BackupException">It is no backup, was cut short, was changed, or is of a newer format.</exception>
    public static async Task<Backup> ReadAsync(Stream source, CancellationToken cancellationToken)
    {
        BackupHeader? header = null;
        var files = new List<KeptFile>();
        var documents = new List<KeptDocument>();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var count = 0;
        var bytes = 0L;
        try
        {
            await using var unpacked = new GZipStream(source, CompressionMode.Decompress, leaveOpen: true);
            using var reader = new StreamReader(unpacked, Utf8);
            while (await reader.ReadLineAsync(cancellationToken) is { } text)
            {
                bytes += text.Length;
                if (bytes > MaxBytes)
                    throw new BackupException($"it unpacks to more than {MaxBytes / (1024 * 1024)} MB: no backup of Kontena");
                var line = JsonSerializer.Deserialize(text, BackupJson.Default.BackupLine) ?? throw new JsonException("an empty line");
                if (line.End is { } end)
                    return Check(header, files, documents, end, count, Convert.ToHexStringLower(hash.GetHashAndReset()));
                hash.AppendData(Utf8.GetBytes(text));
                count++;
                header ??= line.Header ?? throw new BackupException("its first line is not the header of a Kontena backup");
                if (header.Format > Format)
                    throw new BackupException($"it has format {header.Format}, this program knows up to {Format}: restore it with the Kontena that wrote it, or a newer one");
                if (line.File is { } file)
                    files.Add(file);
                if (line.Document is { } document)
                    documents.Add(document);
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or JsonException)
        {
            throw new BackupException($"it is not a Kontena backup, or damaged (line {count + 1}: {exception.Message})");
        }

        throw new BackupException($"it ends after {count} lines without its last one: it was cut short, take another copy of it");
    }

    private static Backup Check(
        BackupHeader? header, List<KeptFile> files, List<KeptDocument> documents, BackupEnd end, int lines, string hash)
    {
        if (header is null)
            throw new BackupException("it has no header: not a Kontena backup");
        if (end.Lines != lines || end.Sha256 != hash)
            throw new BackupException($"its {lines} lines are not the {end.Lines} that were written: it was changed or damaged");
        return new Backup { Header = header, Files = files, Documents = documents };
    }

    private static IEnumerable<string> Lines(Backup backup)
    {
        yield return Line(new BackupLine { Header = backup.Header });
        foreach (var file in backup.Files)
            yield return Line(new BackupLine { File = file });
        foreach (var document in backup.Documents)
            yield return Line(new BackupLine { Document = document });
    }

    private static string Line(BackupLine line) => JsonSerializer.Serialize(line, BackupJson.Default.BackupLine);
}

/// <summary>One line of the file; exactly one of its parts is set.</summary>
internal sealed record BackupLine
{
    public BackupHeader? Header { get; init; }

    public KeptFile? File { get; init; }

    public KeptDocument? Document { get; init; }

    public BackupEnd? End { get; init; }
}

/// <param name="Lines">Lines before this one.</param>
/// <param name="Sha256">Over those lines without their line ends, in hex.</param>
internal sealed record BackupEnd(int Lines, string Sha256);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BackupLine))]
internal sealed partial class BackupJson : JsonSerializerContext;
