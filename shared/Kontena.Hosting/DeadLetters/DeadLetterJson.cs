using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kontena.Hosting.DeadLetters;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DeadLetterList))]
[JsonSerializable(typeof(ReplayResult))]
[JsonSerializable(typeof(DeadLetterError))]
internal sealed partial class DeadLetterJson : JsonSerializerContext;

/// <summary>The answer to <c>GET dead-letters</c>.</summary>
internal sealed record DeadLetterList(IReadOnlyList<DeadLetterQueue> Queues);

internal sealed record DeadLetterError(string Error);
