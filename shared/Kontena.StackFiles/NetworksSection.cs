using Kontena.Contracts.Stacks;
using Kontena.StackFiles.Extending;
using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles;

/// <summary>The key <c>networks</c> of a file: whether the stack is private. Networks as docker-compose has them are left out with a notice, except where leaving them out would
/// promise what is not there.</summary>
internal static class NetworksSection
{
    private const string Remedy = "networks: private";

    /// <returns>One of <see cref="StackNetworks"/>; null when the file does not say.</returns>
    public static string? Read(LoadedFile file, Remarks remarks)
    {
        var declared = file.Root["networks"];
        if (file.Form == StackForm.Services)
            CheckServices(file, declared as YamlMap, remarks);
        switch (declared)
        {
            case null:
                return null;
            case YamlScalar word when StackNetworks.All.Contains(word.Text):
                return word.Text;
            case YamlScalar word:
                remarks.Error(word.Place, "networks", $"expected {string.Join(" or ", StackNetworks.All)}, found '{word.Text}'{Closest.Hint(word.Text, StackNetworks.All)}");
                return null;
            case YamlMap map:
                foreach (var entry in map.Entries)
                    CheckNetwork(entry, remarks);
                break;
        }

        remarks.Notice(declared.Place, "networks", $"a grid has one network; the section is left out. To keep other stacks away from this one: {Remedy}");
        return null;
    }

    private static void CheckNetwork(YamlEntry entry, Remarks remarks)
    {
        var path = $"networks.{entry.Key}";
        if (entry.Value is YamlMap network)
        {
            if (network.Entry("external") is { } external && external.Value is not YamlScalar { AsBoolean: false })
            {
                remarks.Error(external.KeyPlace, $"{path}.external",
                    "there are no external networks: all stacks of a grid are in its one network. Take it out; a private stack opens itself to others by expose, ports, and their links");
            }
        }
        else if (entry.Value is not YamlScalar { IsNull: true })
        {
            remarks.Error(entry.Value.Place, path, $"expected nothing or a mapping, found {entry.Value.Kind}; for a private stack: {Remedy}");
        }
    }

    /// <summary>As docker-compose does: a service can only be in a network that the file declares.</summary>
    private static void CheckServices(LoadedFile file, YamlMap? declared, Remarks remarks)
    {
        string[] known = ["default", .. declared?.Keys ?? []];
        foreach (var service in file.Services?.Entries ?? [])
        {
            IEnumerable<(string Name, Place Place)> used = (service.Value as YamlMap)?["networks"] switch
            {
                YamlList list => list.Items.OfType<YamlScalar>().Select(item => (item.Text, item.Place)),
                YamlMap map => map.Entries.Select(entry => (entry.Key, entry.KeyPlace)),
                _ => [],
            };
            foreach (var (name, place) in used.Where(one => !known.Contains(one.Name)))
                remarks.Error(place, $"services.{service.Key}.networks", $"there is no network '{name}' in this file{Closest.Sentence(name, known)} Declare it under networks, or take it out");
        }
    }
}
