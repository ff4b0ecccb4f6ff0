using System.Collections.Concurrent;
using System.Text.Json;
using Kontena.Core.Files;
using Kontena.NodeAgent.Files;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Logs;

/// <summary>Up to which time each container's lines have been handed to the broker; on disk, so that a restarted agent goes on from there.</summary>
/// <remarks>Written every few seconds: after a crash of the agent (not after a stop) the lines of those seconds are sent twice; none is left out.</remarks>
internal sealed class LogCursors
{
    /// <summary>Containers remembered; those with the oldest lines are forgotten first.</summary>
    public const int MaxContainers = 5000;

    private readonly string _file;
    private readonly ConcurrentDictionary<string, DateTimeOffset> _cursors;
    private volatile bool _changed;

    public LogCursors(NodeAgentOptions options, ILogger<LogCursors> logger)
    {
        DurableFile.MakeDirectory(options.DataDirectory);
        _file = Path.Combine(options.DataDirectory, "log-cursors.json");
        _cursors = new(Read(logger), StringComparer.Ordinal);
    }

    public DateTimeOffset? Find(string containerId) => _cursors.TryGetValue(containerId, out var at) ? at : null;

    public void Advance(string containerId, DateTimeOffset at)
    {
        _cursors.AddOrUpdate(containerId, at, (_, before) => at > before ? at : before);
        _changed = true;
    }

    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        if (!_changed)
            return;
        _changed = false;
        foreach (var (containerId, _) in _cursors.OrderByDescending(pair => pair.Value).Skip(MaxContainers))
            _cursors.TryRemove(containerId, out _);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, DateTimeOffset>(_cursors), AgentJson.Default.DictionaryStringDateTimeOffset);
        await DurableFile.WriteAsync(_file, bytes, cancellationToken);
    }

    private Dictionary<string, DateTimeOffset> Read(ILogger logger)
    {
        try
        {
            return File.Exists(_file)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(_file), AgentJson.Default.DictionaryStringDateTimeOffset) ?? []
                : [];
        }
        catch (JsonException)
        {
            logger.LogWarning("{File} can't be read; logs go on from this minute", _file);
            return [];
        }
    }
}
