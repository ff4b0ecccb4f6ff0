namespace Kontena.Core.Networking;

/// <summary>How a grid's subnet is cut: block 0 is for the nodes themselves, block n for the containers of node n (design §7).</summary>
public static class GridSubnets
{
    /// <summary>Of a grid that gives no other.</summary>
    public const int BlockPrefix = 24;

    /// <summary>The largest and the smallest blocks a grid may have: 65,534 and 14 addresses.</summary>
    public const int ShortestPrefix = 16;
    public const int LongestPrefix = 28;

    /// <summary>Numbers that nodes may have (runtime.md §1.3).</summary>
    public const int MaxNodeNumber = 254;

    /// <summary>The highest node number that has a block of its own, and an address in block 0.</summary>
    public static int Capacity(Ipv4Cidr subnet, int blockPrefix = BlockPrefix) =>
        (int)Math.Min(Math.Min(MaxNodeNumber, (1L << (32 - blockPrefix)) - 2), subnet.BlockCount(blockPrefix) - 1);

    /// <summary>The block node n gives its containers addresses from; null when the subnet is too small.</summary>
    public static Ipv4Cidr? BlockOf(Ipv4Cidr subnet, int nodeNumber, int blockPrefix = BlockPrefix) =>
        nodeNumber < 1 || nodeNumber > Capacity(subnet, blockPrefix) ? null : subnet.Block(nodeNumber, blockPrefix);
}
