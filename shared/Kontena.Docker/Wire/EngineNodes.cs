using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Kontena.Docker.Wire;

/// <summary>Answers that are handed on as they are. Apart from <see cref="EngineJson"/>, to which names in another case are the same: labels may differ in nothing else.</summary>
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class EngineNodes : JsonSerializerContext;
