using System.Text.Json.Serialization;

namespace Kontena.Docker.Wire;

/// <summary>All JSON to and from the engine, generated at build time: no reflection at run time.</summary>
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(WireError))]
[JsonSerializable(typeof(WireVersion))]
[JsonSerializable(typeof(WireInfo))]
[JsonSerializable(typeof(WireId))]
[JsonSerializable(typeof(List<WireContainerSummary>))]
[JsonSerializable(typeof(WireContainer))]
[JsonSerializable(typeof(WireCreateContainer))]
[JsonSerializable(typeof(WireProcesses))]
[JsonSerializable(typeof(WireImage))]
[JsonSerializable(typeof(List<WireImageSummary>))]
[JsonSerializable(typeof(WireRegistryAuth))]
[JsonSerializable(typeof(WireProgress))]
[JsonSerializable(typeof(WireNetwork))]
[JsonSerializable(typeof(WireCreateNetwork))]
[JsonSerializable(typeof(WireConnect))]
[JsonSerializable(typeof(WireVolumeList))]
[JsonSerializable(typeof(WireVolume))]
[JsonSerializable(typeof(WireCreateVolume))]
[JsonSerializable(typeof(WireEvent))]
[JsonSerializable(typeof(WireStats))]
[JsonSerializable(typeof(WireCreateExec))]
[JsonSerializable(typeof(WireStartExec))]
[JsonSerializable(typeof(WireExec))]
[JsonSerializable(typeof(Dictionary<string, string[]>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class EngineJson : JsonSerializerContext;
