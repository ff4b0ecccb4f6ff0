namespace Kontena.GridManager.Nodes;

/// <summary>Sentences about nodes that more than one place says.</summary>
internal static class NodeTexts
{
    public static string Missing(string grid, string node) => $"Node {grid}/{node} does not exist";
}
