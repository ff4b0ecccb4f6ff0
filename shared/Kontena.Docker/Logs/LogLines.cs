using System.Text;
using Kontena.Docker.Transport;

namespace Kontena.Docker.Logs;

/// <summary>
/// Makes log lines with times from the pieces of a log stream. The engine cuts a line after 16 KiB and stamps each part;
/// parts are joined again up to <see cref="MaxLine"/>, and what is longer comes as several lines.
/// </summary>
internal sealed class LogLines(bool framed, TimeProvider time)
{
    /// <summary>Bytes.</summary>
    public const int MaxLine = 64 * 1024;

    private readonly Line _stdout = new(StreamFrames.Stdout);
    private readonly Line _stderr = new(StreamFrames.Stderr);
    private readonly Queue<ContainerLogLine> _done = new(); // of one piece, so at most a read buffer's worth

    public void Add(StreamPiece piece)
    {
        var line = piece.Stream == StreamFrames.Stderr ? _stderr : _stdout;
        if (piece.StartsFrame && line.StampLength > 0) line.StampIsText();
        // A frame starts with a time, also in the middle of a line. Without frames only a line does.
        if (piece.StartsFrame || (!framed && line is { Started: false, AwaitsStamp: false })) line.AwaitsStamp = true;

        var bytes = piece.Bytes.Span;
        while (!bytes.IsEmpty)
        {
            bytes = line.AwaitsStamp ? TakeStamp(line, bytes) : TakeText(line, bytes);
        }
    }

    /// <summary>The stream has ended: a line without an end is a line.</summary>
    public void Finish()
    {
        foreach (var line in (Line[])[_stdout, _stderr])
        {
            if (line.AwaitsStamp) line.StampIsText();
            if (line.Started) Emit(line);
        }
    }

    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ContainerLogLine? line) => _done.TryDequeue(out line);

    private static ReadOnlySpan<byte> TakeStamp(Line line, ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOfAny((byte)' ', (byte)'\n');
        var room = Line.MaxStamp - line.StampLength;
        if (end < 0 && bytes.Length < room)
        {
            line.AddToStamp(bytes);
            return [];
        }

        if (end < 0 || end > room || bytes[end] == '\n')
        {
            line.StampIsText(); // no time after all, or none that we know: it belongs to the text
            return bytes;
        }

        line.AddToStamp(bytes[..end]);
        if (!line.CloseStamp())
        {
            line.StampIsText();
            return bytes[end..];
        }

        return bytes[(end + 1)..];
    }

    private ReadOnlySpan<byte> TakeText(Line line, ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)'\n');
        var text = end < 0 ? bytes : bytes[..end];
        var room = MaxLine - line.TextLength;
        if (text.Length > room)
        {
            line.AddText(text[..room]);
            Emit(line, ended: false);
            return bytes[room..];
        }

        line.AddText(text);
        if (end < 0) return [];
        Emit(line);
        if (!framed) line.AwaitsStamp = true;
        return bytes[(end + 1)..];
    }

    private void Emit(Line line, bool ended = true)
    {
        var text = line.Text;
        if (ended && text is [.., (byte)'\r']) text = text[..^1];
        _done.Enqueue(new ContainerLogLine(line.At ?? time.GetUtcNow(), line.Stream, Encoding.UTF8.GetString(text)));
        line.Clear(keepTime: !ended);
    }

    /// <summary>The line being put together on one stream.</summary>
    private sealed class Line(string stream)
    {
        public const int MaxStamp = 40; // 2026-11-22T10:40:18.898823881+00:00 has 35

        private readonly byte[] _stamp = new byte[MaxStamp];
        private byte[] _text = new byte[1024];

        public string Stream => stream;
        public bool AwaitsStamp { get; set; }
        public DateTimeOffset? At { get; private set; }
        public int StampLength { get; private set; }
        public int TextLength { get; private set; }
        public ReadOnlySpan<byte> Text => _text.AsSpan(0, TextLength);
        public bool Started => TextLength > 0 || At is not null;

        public void AddToStamp(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_stamp.AsSpan(StampLength));
            StampLength += bytes.Length;
        }

        /// <summary>Reads the time; the first of a line counts.</summary>
        public bool CloseStamp()
        {
            if (!GoTime.TryParse(_stamp.AsSpan(0, StampLength), out var at)) return false;
            At ??= at;
            (AwaitsStamp, StampLength) = (false, 0);
            return true;
        }

        public void StampIsText()
        {
            var length = StampLength;
            (AwaitsStamp, StampLength) = (false, 0);
            AddText(_stamp.AsSpan(0, length));
        }

        public void AddText(ReadOnlySpan<byte> bytes)
        {
            if (TextLength + bytes.Length > _text.Length)
                Array.Resize(ref _text, Math.Max(TextLength + bytes.Length, Math.Min(_text.Length * 2, MaxLine + MaxStamp)));
            bytes.CopyTo(_text.AsSpan(TextLength));
            TextLength += bytes.Length;
        }

        public void Clear(bool keepTime)
        {
            TextLength = 0;
            if (!keepTime) At = null;
            if (_text.Length > 16 * 1024) _text = new byte[1024]; // one long line shall not weigh on a thousand quiet containers
        }
    }
}
