using Kontena.Contracts.Instances;
using Kontena.Contracts.Logs;

namespace Kontena.NodeAgent.Logs;

/// <summary>Lines on their way to the broker. When it is full the oldest go, and a line says how many (design law 9): a loud container
/// or an absent broker costs log lines, never memory or time of orders.</summary>
internal sealed class LogBuffer
{
    public const int MaxLines = 20_000;

    /// <summary>Characters of text over all lines.</summary>
    public const int MaxText = 16 * 1024 * 1024;

    /// <summary>Of one line; the rest is cut off.</summary>
    public const int MaxLine = 16 * 1024;
    public const int BatchLines = 200;
    public const int BatchText = 64 * 1024;

    private readonly Lock _guard = new();
    private readonly Queue<LogLine> _lines = new();
    private readonly Dictionary<string, Dropped> _dropped = new(StringComparer.Ordinal);
    private readonly Signal _news = new();
    private int _text;

    /// <summary>For lines that come from elsewhere than the container's own output, for instance a hook's.</summary>
    public void Add(InstanceSpec spec, string instanceId, string containerId, DateTimeOffset at, string stream, string text) => Add(new LogLine
    {
        Stack = spec.Stack,
        Service = spec.Service,
        Instance = spec.Number,
        InstanceId = instanceId,
        ContainerName = spec.Name,
        ContainerId = containerId,
        At = at,
        Stream = stream,
        Text = text,
    });

    public void Add(LogLine line)
    {
        if (line.Text.Length > MaxLine)
            line = line with { Text = line.Text[..(MaxLine - 1)] + "…" };
        lock (_guard)
        {
            _lines.Enqueue(line);
            _text += line.Text.Length;
            while (_lines.Count > MaxLines || _text > MaxText)
                Drop(_lines.Dequeue());
        }

        _news.Set();
    }

    public Task NewsAsync(CancellationToken cancellationToken) => _news.WaitAsync(cancellationToken);

    /// <summary>Whether a full batch waits.</summary>
    public bool HasBatch
    {
        get
        {
            lock (_guard)
                return _lines.Count >= BatchLines || _text >= BatchText;
        }
    }

    /// <summary>The oldest lines, at most a batch; empty when there are none.</summary>
    public IReadOnlyList<LogLine> Take()
    {
        lock (_guard)
        {
            var batch = new List<LogLine>();
            foreach (var dropped in _dropped.Values.Take(BatchLines / 2))
                batch.Add(dropped.Tell());
            foreach (var told in batch)
                _dropped.Remove(told.ContainerId);
            var text = 0;
            while (batch.Count < BatchLines && _lines.TryPeek(out var next) && (text == 0 || text + next.Text.Length <= BatchText))
            {
                batch.Add(_lines.Dequeue());
                text += next.Text.Length;
                _text -= next.Text.Length;
            }

            if (_lines.Count > 0 || _dropped.Count > 0)
                _news.Set();
            return batch;
        }
    }

    private void Drop(LogLine line)
    {
        _text -= line.Text.Length;
        _dropped[line.ContainerId] = new Dropped(line, (_dropped.TryGetValue(line.ContainerId, out var before) ? before.Count : 0) + 1);
    }

    private sealed record Dropped(LogLine Last, long Count)
    {
        public LogLine Tell() => Last with
        {
            Stream = "stderr",
            Text = $"[kontena] {Count} lines up to here were dropped: they came faster than the broker took them",
        };
    }
}
