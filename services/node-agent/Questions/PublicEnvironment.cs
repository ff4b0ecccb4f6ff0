using System.Text.Json.Nodes;

namespace Kontena.NodeAgent.Questions;

/// <summary>What is shown of a container's environment. Pure.</summary>
/// <remarks>Variables are masked unless it is known where they come from: whatever else brings values into containers, today or later, a secret is not shown by forgetting it
/// here. The price: a variable of an earlier revision is masked in its container while the next one is rolled out.</remarks>
internal static class PublicEnvironment
{
    public const string Masked = "***";

    /// <param name="described">What the engine says of a container; its <c>Config.Env</c> is changed.</param>
    /// <param name="known"><c>NAME=value</c> each: what the service's spec, the platform and the image say, which whoever may ask can read anyway.</param>
    public static void Mask(JsonObject described, IReadOnlyList<string> known)
    {
        if (described["Config"] is not JsonObject config || config["Env"] is not JsonArray env)
            return;
        var shown = known.ToHashSet(StringComparer.Ordinal);
        config["Env"] = new JsonArray([.. env.Select(one => Show(one, shown))]);
    }

    private static JsonValue? Show(JsonNode? variable, HashSet<string> shown)
    {
        if (variable is not JsonValue value || !value.TryGetValue<string>(out var text))
            return null;
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 || shown.Contains(text) ? JsonValue.Create(text) : JsonValue.Create($"{text[..equals]}={Masked}");
    }
}
