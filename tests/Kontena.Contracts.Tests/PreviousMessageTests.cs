using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Xunit;

namespace Kontena.Contracts.Tests;

/// <summary>Every message of the node protocol, as an agent or a service of the version before writes it, still reads: both whole and with nothing but what was
/// required. The texts are made from <c>Contracts.previous.txt</c>.</summary>
public sealed class PreviousMessageTests
{
    private static readonly JsonSerializerOptions Wire = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };
    private static readonly Dictionary<string, List<string>> Previous = SkewTests.Read("Contracts.previous.txt");

    public static TheoryData<Type> Messages =>
    [
        typeof(JoinGrid), typeof(NodeJoined), typeof(JoinRefused), typeof(NodeHeartbeat), typeof(NodeFactsReport), typeof(ReportFacts), typeof(LivenessProbe),
        typeof(ApplyInstance), typeof(RemoveInstance), typeof(RestartInstance), typeof(SyncNode), typeof(InstanceObserved), typeof(NodeSynced),
        typeof(Exec.OpenExec), typeof(Exec.ExecInput), typeof(Exec.ExecOutput), typeof(Logs.LogBatch), typeof(Stats.StatsBatch),
        // Documents that an upgraded service finds in the store.
        typeof(Node), typeof(NodeLiveness), typeof(Instance), typeof(Deploys.ServiceDeploy), typeof(Services.Service), typeof(Grids.Grid), typeof(Stacks.Stack),
    ];

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_of_the_version_before_reads(Type message)
    {
        foreach (var onlyRequired in new[] { false, true })
        {
            var text = Text(message.FullName!, onlyRequired).ToJsonString();
            var read = JsonSerializer.Deserialize(text, message, Wire);
            Assert.NotNull(read);
            AssertListsAreThere(read, text);
            if (KontenaJson.Default.GetTypeInfo(message) is { } stored)
                AssertListsAreThere(JsonSerializer.Deserialize(Text(message.FullName!, onlyRequired: false).ToJsonString(), stored)!, text);
        }
    }

    /// <summary>A list that was added since must be empty, not missing.</summary>
    private static void AssertListsAreThere(object read, string text)
    {
        foreach (var property in read.GetType().GetProperties().Where(one => one.PropertyType.IsAssignableTo(typeof(IEnumerable)) && one.PropertyType != typeof(string)))
        {
            if (new System.Reflection.NullabilityInfoContext().Create(property).ReadState == System.Reflection.NullabilityState.NotNull)
                Assert.True(property.GetValue(read) is not null, $"{read.GetType().Name}.{property.Name} is null after reading {text}");
        }
    }

    private static JsonObject Text(string type, bool onlyRequired, int depth = 0)
    {
        var text = new JsonObject();
        foreach (var member in Previous[type])
        {
            var words = member.Split(' ');
            var required = words[0] == "required";
            if (onlyRequired && !required)
                continue;
            var name = words[^1];
            if (Sample(string.Join(' ', words[(required ? 1 : 0)..^1]), onlyRequired, depth) is { } value)
                text[JsonNamingPolicy.CamelCase.ConvertName(name)] = value;
        }

        return text;
    }

    private static JsonNode? Sample(string type, bool onlyRequired, int depth)
    {
        type = type.TrimEnd('?');
        switch (type)
        {
            case "String": return "text";
            case "Int32" or "Int64": return 3;
            case "Double": return 0.5;
            case "Boolean": return true;
            case "DateTimeOffset": return "2026-03-01T10:00:00+00:00";
            case "JsonElement": return new JsonObject { ["a"] = 1 };
            case "Byte[]": return "AQID";
        }

        if (type.StartsWith("IReadOnlyDictionary<", StringComparison.Ordinal))
            return new JsonObject { ["key"] = "text" };
        if (type.StartsWith("IReadOnlyList<", StringComparison.Ordinal))
            return depth > 6 ? new JsonArray() : new JsonArray(Sample(type["IReadOnlyList<".Length..^1], onlyRequired, depth + 1));
        var named = Previous.Single(one => one.Key.EndsWith("." + type, StringComparison.Ordinal));
        return named.Value.Any(member => !member.Contains(' ', StringComparison.Ordinal))
            ? named.Value[0]
            : Text(named.Key, onlyRequired: onlyRequired && !IsPositional(named.Key), depth + 1);
    }

    // Records with a constructor name no member required, and need them all.
    private static bool IsPositional(string type) => !Previous[type].Any(member => member.StartsWith("required ", StringComparison.Ordinal));
}
