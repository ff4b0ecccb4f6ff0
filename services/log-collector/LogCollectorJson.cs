using System.Text.Json.Serialization;
using Kontena.Contracts.Stats;

namespace Kontena.LogCollector;

/// <summary>How measurements are kept.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(StatsBatch))]
internal sealed partial class LogCollectorJson : JsonSerializerContext;
