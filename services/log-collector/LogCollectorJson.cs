using System.Text.Json.Serialization;
using Kontena.Contracts.Events;
using Kontena.Contracts.Stats;

namespace Kontena.LogCollector;

/// <summary>How measurements and events are kept.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(StatsBatch))]
[JsonSerializable(typeof(GridEvent))]
internal sealed partial class LogCollectorJson : JsonSerializerContext;
