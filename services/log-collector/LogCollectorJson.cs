using System.Text.Json.Serialization;
using Kontena.Contracts.Events;
using Kontena.Contracts.Stats;
using Kontena.LogCollector.Measurements;

namespace Kontena.LogCollector;

/// <summary>How measurements and events are kept.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(StatsBatch))]
[JsonSerializable(typeof(GridEvent))]
[JsonSerializable(typeof(MeasuredNode))]
internal sealed partial class LogCollectorJson : JsonSerializerContext;
