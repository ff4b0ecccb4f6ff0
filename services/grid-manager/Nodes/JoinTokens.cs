using System.Security.Cryptography;
using System.Text;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Nodes;

namespace Kontena.GridManager.Nodes;

/// <summary>Finds what a token opens, in a time that does not tell how much of it was right.</summary>
internal static class JoinTokens
{
    public static Grid? GridOf(IEnumerable<Grid> grids, string token) => Match(grids, grid => grid.Token, token);

    public static Node? NodeOf(IEnumerable<Node> nodes, string token) => Match(nodes, node => node.Token, token);

    // Looks at every candidate, also after the right one; hashes make all lengths equal.
    private static T? Match<T>(IEnumerable<T> candidates, Func<T, string?> tokenOf, string token)
        where T : class
    {
        var wanted = SHA256.HashData(Encoding.UTF8.GetBytes(token));
        T? match = null;
        foreach (var candidate in candidates)
        {
            if (tokenOf(candidate) is { Length: > 0 } known
                && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(known)), wanted))
                match = candidate;
        }

        return match;
    }
}
