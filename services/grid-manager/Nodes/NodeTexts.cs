namespace Kontena.GridManager.Nodes;

/// <summary>Sentences about nodes that more than one place says.</summary>
internal static class NodeTexts
{
    public static string Missing(string grid, string node) => $"Node {grid}/{node} does not exist";

    /// <summary>To an agent whose engine id is another's.</summary>
    public static string Cloned(string grid, string node) =>
        $"the engine id of this machine is that of node {node} of grid {grid}, whose agent is another one and is there: this machine is a copy. To make it a node of its "
        + "own, stop Docker, delete engine-id in Docker's root directory (/var/lib/docker), start Docker, empty the agent's directory and restart the agent. If it is "
        + $"that node, and its agent's directory was lost, it may join once the node is offline, or after kontena node update --forget-agent {node}";
}
