using System.Text.Json;
using Kontena.Contracts.Nodes;
using Kontena.Core.Files;
using Kontena.NodeAgent.Files;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Registration;

/// <summary>Which node of which grid this is; kept on disk so that a restarted agent works without the control plane.</summary>
internal sealed class NodeMembership : IDisposable
{
    private readonly string _file;

    /// <summary>What <see cref="_file"/> is called once the node was removed, so that a restarted agent knows it too.</summary>
    private readonly string _removedFile;
    private readonly ILogger<NodeMembership> _logger;
    private volatile NodeJoined? _current;
    private volatile string? _refusal;
    private volatile bool _rival;
    private volatile bool _removed;
    private volatile bool _confirmedNow;
    private readonly Signal _changed = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public NodeMembership(NodeAgentOptions options, ILogger<NodeMembership> logger)
    {
        _logger = logger;
        DurableFile.MakeDirectory(options.DataDirectory);
        _file = Path.Combine(options.DataDirectory, "joined.json");
        _removedFile = RemovedFileIn(options.DataDirectory);
        _current = Read();
        if (_current is null && File.Exists(_removedFile))
            (_removed, _refusal) = (true, "its record was removed from the grid; kontena-agent join with a token makes it a node again");
    }

    /// <summary>Null until the first join, and while another agent is this node.</summary>
    public NodeJoined? Current => _rival ? null : _current;

    /// <summary>Whether grid-manager has confirmed the membership since this process started.</summary>
    public bool ConfirmedNow => _confirmedNow;

    /// <summary>Another agent has our engine id and is the node: nothing is said in its name, and its orders are not ours.</summary>
    public bool IsRival => _rival;

    /// <summary>The node was removed: what the agent has made on the host for the grid is to go.</summary>
    public bool IsRemoved => _removed;

    /// <summary>Ends with the first answer to a request to join since this process started.</summary>
    public Task AnsweredAsync => _answered.Task;

    /// <summary>Why the last request to join was refused; null when it was not.</summary>
    public string? Refusal => _refusal;

    public async Task AcceptAsync(NodeJoined joined, CancellationToken cancellationToken)
    {
        var before = _current;
        _refusal = null;
        _current = joined;
        (_rival, _removed, _confirmedNow) = (false, false, true);
        _answered.TrySetResult();
        _changed.Set();
        if (File.Exists(_removedFile))
            DurableFile.Delete(_removedFile);
        if (joined == before)
            return;
        await KeepAsync(cancellationToken);
        if (before is not null && before.Grid != joined.Grid)
            _logger.LogWarning("This node was in grid {Before} and is in grid {After} now; containers of the old grid are left alone", before.Grid, joined.Grid);
        _logger.LogInformation(
            "Joined grid {Grid} as node {Node} (number {Number}, addresses {Subnet})", joined.Grid, joined.Node, joined.Number, joined.NodeSubnet);
    }

    /// <param name="reason">For the log and <c>/readyz</c>.</param>
    /// <param name="rival">Because another agent is the node with this engine id.</param>
    public void Refuse(string reason, bool rival = false)
    {
        if (_refusal != reason && rival)
            _logger.LogError("This agent is not the node: {Reason}. It takes no orders, and asks again every few seconds; containers are left alone", reason);
        else if (_refusal != reason && ConfirmedNow)
            _logger.LogError("This node is not in its grid any more: {Reason}. Its containers are left alone", reason);
        else if (_refusal != reason)
            _logger.LogError("This node may not join: {Reason}. Correct Kontena:Agent:Token or the grid's settings; it is asked again every minute", reason);
        _refusal = reason;
        if (rival)
            (_rival, _confirmedNow) = (true, false);
        _answered.TrySetResult();
        _changed.Set();
    }

    /// <summary>The node's record was removed, and the agent has it from the master itself.</summary>
    /// <param name="removal">Node, grid and time, for people.</param>
    public void Leave(string removal)
    {
        if (_removed)
            return;
        if (File.Exists(_file))
            File.Move(_file, _removedFile, overwrite: true);
        _logger.LogError("This machine is no node any more: {Removal}. Its tunnels, routes and firewall chains are taken away, its containers left alone; kontena-agent join makes it a node again", removal);
        _refusal = $"{removal}; kontena-agent join with a token makes it a node again";
        (_current, _removed, _confirmedNow) = (null, true, false);
        _answered.TrySetResult();
        _changed.Set();
    }

    /// <summary>Until an answer has come, now or since the last call. For one reader.</summary>
    public Task ChangedAsync(CancellationToken cancellationToken) => _changed.WaitAsync(cancellationToken);

    public void Dispose() => _writing.Dispose();

    /// <summary>Answers come on two queues: the newest is what stays on disk.</summary>
    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            if (_current is { } newest)
                await DurableFile.WriteAsync(_file, JsonSerializer.SerializeToUtf8Bytes(newest, AgentJson.Default.NodeJoined), cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>The machine has a login again: the agent that starts with it asks to be a node.</summary>
    public static void ForgetRemoval(string dataDirectory)
    {
        if (File.Exists(RemovedFileIn(dataDirectory)))
            DurableFile.Delete(RemovedFileIn(dataDirectory));
    }

    private static string RemovedFileIn(string dataDirectory) => Path.Combine(dataDirectory, "removed.json");

    private NodeJoined? Read()
    {
        try
        {
            return File.Exists(_file) ? JsonSerializer.Deserialize(File.ReadAllBytes(_file), AgentJson.Default.NodeJoined) : null;
        }
        catch (JsonException)
        {
            _logger.LogWarning("{File} can't be read; the agent joins anew", _file);
            return null;
        }
    }
}
