using System.Text.Json;
using System.Text.Json.Serialization;
using Kontena.Contracts.Networking;
using Kontena.Contracts.Nodes;
using Kontena.NodeAgent.Housekeeping;
using Kontena.NodeAgent.Names;
using Kontena.NodeAgent.Orders;
using Kontena.NodeAgent.Registration;

namespace Kontena.NodeAgent.Files;

/// <summary>How the agent writes its own files. Unknown members are left alone, so an older agent can read a newer one's notes.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InstanceOrder))]
[JsonSerializable(typeof(NodeIdentity))]
[JsonSerializable(typeof(BrokerIdentity))]
[JsonSerializable(typeof(NodeJoined))]
[JsonSerializable(typeof(NodeFacts))]
[JsonSerializable(typeof(NetworkMap))]
[JsonSerializable(typeof(Dictionary<string, DateTimeOffset>))]
[JsonSerializable(typeof(ImageUse[]))]
[JsonSerializable(typeof(NamesFile))]
internal sealed partial class AgentJson : JsonSerializerContext;
