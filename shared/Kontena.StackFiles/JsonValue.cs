using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles;

/// <summary>A node of the file as JSON, for free metadata.</summary>
internal static class JsonValue
{
    public static JsonElement Of(YamlNode node)
    {
        using var document = JsonDocument.Parse(Node(node)?.ToJsonString() ?? "null");
        return document.RootElement.Clone();
    }

    private static JsonNode? Node(YamlNode node) => node switch
    {
        YamlMap map => new JsonObject(map.Entries.Select(entry => KeyValuePair.Create(entry.Key, Node(entry.Value)))),
        YamlList list => new JsonArray([.. list.Items.Select(Node)]),
        YamlScalar { IsNull: true } => null,
        YamlScalar { AsBoolean: { } flag } => flag,
        YamlScalar { AsInteger: { } number } => number,
        YamlScalar { AsNumber: { } number } => number,
        YamlScalar scalar => scalar.Text,
        _ => null,
    };
}

[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class StackFilesJson : JsonSerializerContext;
