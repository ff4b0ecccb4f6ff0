using System.Text.Json;
using Kontena.Contracts.Nodes;
using Kontena.NodeAgent.Files;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Registration;

/// <summary>Which node of which grid this is; kept on disk so that a restarted agent works without the control plane.</summary>
internal sealed class NodeMembership
{
    private readonly string _file;
    private readonly ILogger<NodeMembership> _logger;
    private volatile NodeJoined? _current;
    private volatile string? _refusal;

    public NodeMembership(NodeAgentOptions options, ILogger<NodeMembership> logger)
    {
        _logger = logger;
        DurableFile.MakeDirectory(options.DataDirectory);
        _file = Path.Combine(options.DataDirectory, "joined.json");
        _current = Read();
    }

    /// <summary>Null until the first join.</summary>
    public NodeJoined? Current => _current;

    /// <summary>Whether grid-manager has confirmed the membership since this process started.</summary>
    public bool ConfirmedNow { get; private set; }

    /// <summary>Why the last request to join was refused; null when it was not.</summary>
    public string? Refusal => _refusal;

    public async Task AcceptAsync(NodeJoined joined, CancellationToken cancellationToken)
    {
        var before = _current;
        _refusal = null;
        ConfirmedNow = true;
        if (joined == before)
            return;
        _current = joined;
        await DurableFile.WriteAsync(_file, JsonSerializer.SerializeToUtf8Bytes(joined, AgentJson.Default.NodeJoined), cancellationToken);
        if (before is not null && before.Grid != joined.Grid)
            _logger.LogWarning("This node was in grid {Before} and is in grid {After} now; containers of the old grid are left alone", before.Grid, joined.Grid);
        _logger.LogInformation(
            "Joined grid {Grid} as node {Node} (number {Number}, addresses {Subnet})", joined.Grid, joined.Node, joined.Number, joined.NodeSubnet);
    }

    public void Refuse(string reason)
    {
        if (_refusal != reason && ConfirmedNow)
            _logger.LogError("This node is not in its grid any more: {Reason}. Its containers are left alone", reason);
        else if (_refusal != reason)
            _logger.LogError("This node may not join: {Reason}. Correct Kontena:Agent:Token or the grid's settings; it is asked again every minute", reason);
        _refusal = reason;
    }

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
