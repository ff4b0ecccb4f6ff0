namespace Kontena.Core.Networking;

/// <summary>How a grid's subnet is cut: block 0 is for the nodes themselves, block n for the containers of node n (design §7).</summary>
public static class GridSubnets
{
    public const int BlockPrefix = 24;

    /// <summary>Numbers that nodes may have (runtime.md §1.3).</summary>
    public const int MaxNodeNumber = 254;

    /// <summary>The highest node number that has a block of its own.</summary>
    public static int Capacity(Ipv4Cidr subnet) => (int)Math.Min(MaxNodeNumber, subnet.BlockCount(BlockPrefix) - 1);

    /// <summary>The block node n gives its containers addresses from; null when the subnet is too small.</summary>
    public static Ipv4Cidr? BlockOf(Ipv4Cidr subnet, int nodeNumber) =>
        nodeNumber < 1 || nodeNumber > Capacity(subnet) ? null : subnet.Block(nodeNumber, BlockPrefix);
}
