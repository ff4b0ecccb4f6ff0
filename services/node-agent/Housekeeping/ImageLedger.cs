using System.Text.Json;
using Kontena.Core.Files;
using Kontena.NodeAgent.Files;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Housekeeping;

/// <summary>An image that an order of a service named on this machine.</summary>
/// <param name="Reference">As ordered.</param>
/// <param name="LastUsedAt">When an order named it, or a container of it was last seen.</param>
internal sealed record ImageUse(string ImageId, string Reference, string ServiceUid, DateTimeOffset LastUsedAt);

/// <summary>Which images came to this machine by orders, and when they were last used; on disk. What is not in it is nobody's to remove here.</summary>
internal sealed class ImageLedger
{
    /// <summary>Uses remembered; the oldest are forgotten first, and their images are left alone from then on.</summary>
    public const int MaxUses = 2000;

    private readonly string _file;
    private readonly Lock _guard = new();
    private readonly Dictionary<(string ImageId, string Reference, string ServiceUid), ImageUse> _uses = [];
    private bool _changed;

    public ImageLedger(NodeAgentOptions options, ILogger<ImageLedger> logger)
    {
        DurableFile.MakeDirectory(options.DataDirectory);
        _file = Path.Combine(options.DataDirectory, "images.json");
        foreach (var use in Read(logger))
            _uses[(use.ImageId, use.Reference, use.ServiceUid)] = use;
    }

    public IReadOnlyList<ImageUse> All
    {
        get
        {
            lock (_guard)
                return [.. _uses.Values];
        }
    }

    public void Note(ImageUse use)
    {
        lock (_guard)
        {
            _uses[(use.ImageId, use.Reference, use.ServiceUid)] = use;
            _changed = true;
            if (_uses.Count <= MaxUses)
                return;
            foreach (var oldest in _uses.Values.OrderBy(one => one.LastUsedAt).Take(MaxUses / 10).ToList())
                _uses.Remove((oldest.ImageId, oldest.Reference, oldest.ServiceUid));
        }
    }

    /// <summary>Containers of these images were seen now.</summary>
    public void Touch(IReadOnlySet<string> imageIds, DateTimeOffset now)
    {
        foreach (var use in All.Where(one => imageIds.Contains(one.ImageId)))
            Note(use with { LastUsedAt = now });
    }

    public void Forget(string imageId)
    {
        lock (_guard)
        {
            foreach (var key in _uses.Keys.Where(key => key.ImageId == imageId).ToList())
                _changed |= _uses.Remove(key);
        }
    }

    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        ImageUse[] uses;
        lock (_guard)
        {
            if (!_changed)
                return;
            _changed = false;
            uses = [.. _uses.Values];
        }

        await DurableFile.WriteAsync(_file, JsonSerializer.SerializeToUtf8Bytes(uses, AgentJson.Default.ImageUseArray), cancellationToken);
    }

    private ImageUse[] Read(ILogger logger)
    {
        try
        {
            return File.Exists(_file) ? JsonSerializer.Deserialize(File.ReadAllBytes(_file), AgentJson.Default.ImageUseArray) ?? [] : [];
        }
        catch (JsonException)
        {
            logger.LogWarning("{File} can't be read; images that came before now are left alone", _file);
            return [];
        }
    }
}
