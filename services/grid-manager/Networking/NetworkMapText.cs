using System.Text.Json;
using Kontena.Contracts;
using Kontena.Contracts.Networking;

namespace Kontena.GridManager.Networking;

/// <summary>A map as text, for comparing two of them: records compare their lists by reference.</summary>
internal static class NetworkMapText
{
    public static string Of(NetworkMap map) => JsonSerializer.Serialize(map, KontenaJson.Default.NetworkMap);

    public static string Of(NodeNetwork? network) => network is null ? "" : JsonSerializer.Serialize(network, KontenaJson.Default.NodeNetwork);
}
