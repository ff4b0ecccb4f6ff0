using System.Text;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Vault;
using Kontena.Core.Vault;

namespace Kontena.GridManager.Vault;

/// <summary>Gives an order the values of its secrets, or the reason why it has none. Pure but for the sealing itself, which is given.</summary>
internal static class OrderSealing
{
    /// <param name="command">As the scheduler sent it.</param>
    /// <param name="node">Whose order it is.</param>
    /// <param name="values">By name, opened. A secret that was removed while in use is not among them and is given as an empty value, as the original does.</param>
    /// <param name="seal">Seals a value for a public key and a place.</param>
    public static ApplyInstance Seal(
        SealOrder command, Node node, IReadOnlyDictionary<string, string> values, Func<string, string, string, SealedValue> seal)
    {
        var order = command.Order;
        if (node.Facts?.VaultKey is not { } key || !BusSeal.IsPublicKey(key))
            return Without(order, $"the agent of {node.Name} has no key that secrets could be sealed for; upgrade it");
        var size = order.Spec.Secrets.Sum(use => Encoding.UTF8.GetByteCount(ValueOf(use)));
        if (size > SecretRules.LargestDelivery)
            return Without(order, $"the secrets of {order.Spec.Service} have {size} bytes together, at most {SecretRules.LargestDelivery} are carried to a node");
        return order with
        {
            Spec = order.Spec with
            {
                Secrets = [.. order.Spec.Secrets.Select(use => use with
                {
                    Value = seal(key, SecretPlaces.Delivery(command.Grid, order.InstanceId, use.Secret), ValueOf(use)),
                })],
            },
        };

        string ValueOf(InstanceSecret use) => values.GetValueOrDefault(use.Secret, "");
    }

    /// <summary>The node is told all the same: it says so, and goes on with the container it has.</summary>
    public static ApplyInstance Without(ApplyInstance order, string problem) => order with { Spec = order.Spec with { SecretsProblem = problem } };
}
