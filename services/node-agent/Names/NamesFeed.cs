using System.Text.Json;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Names;
using Kontena.Contracts.Nodes;
using Kontena.Core.Files;
using Kontena.Core.Names;
using Kontena.Hosting.Bus;
using Kontena.NodeAgent.Files;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Registration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Names;

/// <summary>Keeps the node's names: reads those of the last run, listens to news of its grid, and writes them down again.</summary>
internal sealed class NamesFeed(
    NamesBoard names, AgentIdentity identity, NodeMembership membership, InstanceSupervisor supervisor, IEndpointOpener queues, NodeAgentOptions options, TimeProvider time,
    ILogger<NamesFeed> logger) : BackgroundService
{
    /// <summary>Between two looks at what is to be written or joined; names themselves don't wait for it.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>A file of a large grid has megabytes, and what is lost of it is told again: writing takes a fiftieth of the time at most, unless that were longer than this.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private const int Share = 50;

    private readonly string _file = Path.Combine(options.DataDirectory, "names.json");
    private TimeSpan _pause = Every;
    private long _writtenAt = time.GetTimestamp();
    private bool _tooLarge;
    private string? _written;
    private string? _heard;

    /// <summary>What was known is answered from the first moment on: a name server that knows of nothing would say that nothing exists.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Read();
        if (membership.Current is { } joined)
            names.Join(joined.Grid);
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await identity.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Every, time);
        do
        {
            if (membership.Current is { } joined)
                await HearAsync(joined, stoppingToken);
            if (supervisor.HasToldAll)
                names.OwnAreComplete();
            if (names.IsTooLarge && !_tooLarge)
                logger.LogError("The grid has more than {Most} addresses: those of other nodes are answered as they were told before", ToldNames.MostPages * NamesChanged.Most);
            _tooLarge = names.IsTooLarge;
            if (time.GetElapsedTime(_writtenAt) >= _pause)
                await WriteAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await WriteAsync(cancellationToken);
    }

    /// <summary>Until the next write, by what the last one took.</summary>
    internal static TimeSpan PauseAfter(TimeSpan took) => TimeSpan.FromTicks(Math.Clamp(took.Ticks * Share, Every.Ticks, LongestPause.Ticks));

    private async Task HearAsync(NodeJoined joined, CancellationToken cancellationToken)
    {
        names.Join(joined.Grid);
        if (_heard == joined.Grid)
            return;
        var queue = Queues.NodeNames(identity.NodeId!);
        if (_heard is not null)
            await queues.CloseAsync(queue, cancellationToken);
        _heard = joined.Grid;
        // The broker may be away for long; what is known is answered meanwhile.
        _ = OpenAsync(joined.Grid, cancellationToken);
    }

    private async Task OpenAsync(string grid, CancellationToken cancellationToken)
    {
        await queues.OpenControlAsync(NodeQueues.Names(identity.NodeId!, grid), cancellationToken);
        names.Hears = true;
    }

    private void Read()
    {
        try
        {
            if (File.Exists(_file) && JsonSerializer.Deserialize(File.ReadAllBytes(_file), AgentJson.Default.NamesFile) is { } file)
                names.Restore(file);
            _written = names.ToldDigest;
        }
        catch (Exception error) when (error is JsonException or IOException)
        {
            logger.LogWarning("{File} can't be read; the names of other nodes are unknown until the scheduler tells them: {Reason}", _file, error.Message);
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        // Taken before the rows: what changes while they are written is written the next time.
        var digest = names.ToldDigest;
        if (digest == _written || names.ToFile() is not { } file)
            return;
        var begun = time.GetTimestamp();
        try
        {
            await DurableFile.WriteAsync(_file, stream => JsonSerializer.SerializeAsync(stream, file, AgentJson.Default.NamesFile, cancellationToken));
            _pause = PauseAfter(time.GetElapsedTime(begun));
        }
        catch (IOException error)
        {
            // Told again after a restart; what is answered now is in memory.
            logger.LogWarning("Names can't be written to {File}: {Reason}", _file, error.Message);
            _pause = LongestPause;
        }

        (_written, _writtenAt) = (digest, time.GetTimestamp());
    }
}
