using System.Text.Json;
using Kontena.Core.Files;
using Kontena.Docker;
using Kontena.NodeAgent.Files;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Registration;

/// <summary>The node's id, from the last run's file or from the engine. Everything that names the node waits for it.</summary>
internal sealed class AgentIdentity
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(10);
    private readonly TaskCompletionSource<string> _known = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IContainerEngine _engine;
    private readonly TimeProvider _time;
    private readonly ILogger<AgentIdentity> _logger;
    private readonly string _file;

    public AgentIdentity(NodeAgentOptions options, IContainerEngine engine, TimeProvider time, ILogger<AgentIdentity> logger)
    {
        _engine = engine;
        _time = time;
        _logger = logger;
        DurableFile.MakeDirectory(options.DataDirectory);
        _file = Path.Combine(options.DataDirectory, "identity.json");
    }

    /// <summary>Null until it is known.</summary>
    public string? NodeId => _known.Task.IsCompletedSuccessfully ? _known.Task.Result : null;

    public Task<string> WaitAsync(CancellationToken cancellationToken) => _known.Task.WaitAsync(cancellationToken);

    /// <summary>The engine's id when it answers, else the one of the last run; waits for the engine when there is neither.</summary>
    /// <returns>The id of the last run when the engine has another one now; its orders are not ours then. Else null.</returns>
    public async Task<string?> SettleAsync(CancellationToken cancellationToken)
    {
        var stored = Read();
        for (var attempt = 0; ; attempt++)
        {
            var asked = await AskAsync(attempt, cancellationToken);
            if (asked is not null)
            {
                if (asked != stored)
                {
                    var bytes = JsonSerializer.SerializeToUtf8Bytes(new NodeIdentity(asked), AgentJson.Default.NodeIdentity);
                    await DurableFile.WriteAsync(_file, bytes, cancellationToken);
                }

                _known.TrySetResult(asked);
                return stored is null || stored == asked ? null : stored;
            }

            if (stored is not null)
            {
                _known.TrySetResult(stored);
                return null;
            }

            await Task.Delay(Pause, _time, cancellationToken);
        }
    }

    private async Task<string?> AskAsync(int attempt, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(AnswerTime, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return (await _engine.InfoAsync(both.Token)).Id;
        }
        catch (Exception error) when (error is EngineUnavailableException or EngineException
            || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            if (attempt % 30 == 0)
                _logger.LogWarning("The container engine does not answer ({Reason}); the agent waits for it. Start the engine, or correct Kontena:Docker:Host", error.Message);
            return null;
        }
    }

    private string? Read()
    {
        try
        {
            return File.Exists(_file)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(_file), AgentJson.Default.NodeIdentity)?.NodeId
                : null;
        }
        catch (JsonException)
        {
            _logger.LogWarning("{File} can't be read and is written anew", _file);
            return null;
        }
    }
}
