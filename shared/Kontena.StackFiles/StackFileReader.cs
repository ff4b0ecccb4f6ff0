using System.Text.Json;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.StackFiles.Extending;
using Kontena.StackFiles.Services;
using Kontena.StackFiles.Variables;
using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles;

/// <summary>Reads a stack file, a file of 2015 or a docker-compose.yml into the API's payload: everything that is wrong at once, each with its place.</summary>
public sealed class StackFileReader
{
    private static readonly string[] TopLevel =
        ["stack", "version", "description", "expose", "labels", "variables", "services", "volumes", "depends", "meta", "networks", "data", "errors", "name"];

    private readonly StackReadOptions _options;
    private readonly Remarks _remarks = new();
    private readonly FileLoader _files;
    private readonly List<BuildInstruction> _builds = [];

    private StackFileReader(StackReadOptions options)
    {
        _options = options;
        _files = new FileLoader(options, _remarks);
    }

    /// <param name="source">The file's path, as <see cref="StackReadOptions.Files"/> understands it.</param>
    public static StackReadResult Read(string source, StackReadOptions options) => new StackFileReader(options).Read(source);

    /// <summary>The name that the file's stack gets when none is given, without asking for anything; null when the file can't be read.</summary>
    public static string? NameOf(string source, StackReadOptions options) =>
        new StackFileReader(options)._files.Load(source, new Place(source, 0, 0), extending: null)?.Variables["STACK"];

    private StackReadResult Read(string source)
    {
        var file = _files.Load(source, new Place(source, 0, 0), extending: null);
        var request = file is null ? null : Request(file);
        return new StackReadResult
        {
            Request = _remarks.HasErrors ? null : request,
            Errors = _remarks.Errors,
            Notices = _remarks.Notices,
            Builds = _remarks.HasErrors ? [] : _builds,
        };
    }

    private StackRequest Request(LoadedFile file)
    {
        var root = file.Root;
        var top = new Values(root, "", _remarks);
        if (file.Form != StackForm.Bare)
            CheckTopLevel(file);
        var name = StackName.Parse((root["stack"] as YamlScalar)?.Text ?? file.Variables["STACK"]!);
        var volumes = file.Form == StackForm.Stack ? Volumes(root["volumes"]) : null;
        var services = Services(file, volumes);
        if (services.Count == 0 && volumes is not { Count: > 0 })
            _remarks.Error(new Place(file.Path, 1, 1), "", "does not list any services or volumes");

        CheckExpose(file, services);

        return new StackRequest
        {
            Stack = file.Form == StackForm.Stack ? (root["stack"] as YamlScalar)?.Text : name.Name,
            Version = name.Version ?? (file.Form == StackForm.Stack ? (root["version"] as YamlScalar)?.Text : null) ?? "0.0.1",
            Name = file.Variables["STACK"],
            Labels = file.Form == StackForm.Stack ? Texts(root, "labels") : [],
            Registry = "file://",
            Expose = file.Form == StackForm.Bare ? null : (root["expose"] as YamlScalar)?.Text,
            Networks = file.Form == StackForm.Bare ? null : NetworksSection.Read(file, _remarks),
            Services = services,
            Volumes = volumes ?? [],
            Source = file.Text,
            Variables = JsonSerializer.SerializeToElement(_files.Values.ToDictionary(), StackFilesJson.Default.DictionaryStringString),
            Metadata = JsonValue.Of(file.Form == StackForm.Stack && root["meta"] is YamlMap meta ? meta : new YamlMap(default, [])),
        };
    }

    private void CheckTopLevel(LoadedFile file)
    {
        var root = file.Root;
        if (file.Form == StackForm.Stack && root["stack"] is not YamlScalar)
            _remarks.Error(new Place(file.Path, 1, 1), "stack", "is missing: give the stack a name, e.g. 'stack: acme/web'");
        if (root.Entry("services") is { } services && root["services"] is not YamlMap)
            _remarks.Error(services.Value.Place, "services", $"expected a mapping of names to services, found {services.Value.Kind}");
        if (root["depends"] is { } depends)
            _remarks.Error(depends.Place, "depends", "stacks that depend on stacks are not available in this version; install them one after another");
        foreach (var entry in root.Entries.Where(entry => !TopLevel.Contains(entry.Key) && !entry.Key.StartsWith("x-", StringComparison.Ordinal)))
        {
            // The original only warned here, and a mistyped section was then silently missing.
            if (file.Form == StackForm.Stack && Closest.Hint(entry.Key, TopLevel) is { Length: > 0 } hint)
                _remarks.Error(entry.KeyPlace, entry.Key, $"is not a known key{hint}");
            else
                _remarks.Notice(entry.KeyPlace, entry.Key, "is not a key of a stack file; it is left out");
        }
    }

    /// <summary>It names a service that the stack has, as this file is read here and now.</summary>
    private void CheckExpose(LoadedFile file, List<ServiceRequest> services)
    {
        if (file.Form == StackForm.Bare || file.Root["expose"] is not { } expose)
            return;
        var written = file.Services?.Entries.Select(entry => entry.Key).ToList() ?? [];
        if (expose is not YamlScalar { Text: var name })
            _remarks.Error(expose.Place, "expose", $"expected the name of a service, found {expose.Kind}; ports are published under 'ports' of the service");
        else if (!written.Contains(name))
            _remarks.Error(expose.Place, "expose", $"there is no service '{name}' in this file{Closest.Hint(name, written)}");
        else if (!_remarks.HasErrors && services.All(service => service.Name != name))
            _remarks.Error(expose.Place, "expose", $"service '{name}' is left out by its only_if or skip_if, so it can't be exposed");
    }

    private List<ServiceRequest> Services(LoadedFile file, IReadOnlyList<StackVolumeRequest>? volumes)
    {
        var extender = new ServiceExtender(_files, _options.Files, _options.Environment, _remarks);
        var read = new List<(ServiceRequest Service, YamlMap Written, string Path)>();
        foreach (var entry in file.Services?.Entries ?? [])
        {
            var path = file.Form == StackForm.Bare ? entry.Key : $"services.{entry.Key}";
            if (entry.Value is not YamlMap map)
            {
                _remarks.Error(entry.Value.Place, path, $"expected a mapping of keys such as image, found {entry.Value.Kind}");
                continue;
            }

            if (extender.Complete(file, entry.Key, map) is not { } complete)
                continue;
            if (!VariableConditions.Hold(complete, path, _remarks, _ => true, name => file.Variables[name]))
                continue;
            var service = ServiceReader.Read(
                entry.Key, complete, path, FormOf(complete, file), volumes?.Select(volume => volume.Name!).ToList(), _remarks);
            read.Add((service, complete, path));
            if (Build(entry.Key, service, complete, path) is { } build)
                _builds.Add(build);
        }

        LinkCheck.Run(read, _remarks);
        return [.. read.Select(one => one.Service)];
    }

    /// <summary>A service that takes keys from a compose file is read with that file's leniency, its own file being a stack or not.</summary>
    private static StackForm FormOf(YamlMap complete, LoadedFile file) =>
        file.Form != StackForm.Stack || complete.Entries.All(entry => entry.KeyPlace.File == file.Path) ? file.Form : StackForm.Services;

    private BuildInstruction? Build(string name, ServiceRequest service, YamlMap complete, string path)
    {
        if (complete["build"] is null)
            return null;
        if (complete["build"] is not YamlMap)
        {
            _remarks.Error(complete["build"]!.Place, $"{path}.build", "expected a folder, or a mapping of context, dockerfile and args");
            return null;
        }

        var build = new Values(complete, path, _remarks).Mapping("build", "context", "dockerfile", "args")!;
        if (build.Text("context") is not { } context)
        {
            _remarks.Error(build.Place, build.Path("context"), "is missing: the folder to build from");
            return null;
        }

        var args = build.Map["args"] is YamlMap map
            ? map.Entries.ToDictionary(entry => entry.Key, entry => (entry.Value as YamlScalar)?.Text ?? "")
            : [];
        return new BuildInstruction(name, service.Image ?? "", context, build.Text("dockerfile"), args, HooksReader.BeforeBuild(complete));
    }

    private List<StackVolumeRequest> Volumes(YamlNode? section)
    {
        var volumes = new List<StackVolumeRequest>();
        if (section is null)
            return volumes;
        if (section is not YamlMap map)
        {
            _remarks.Error(section.Place, "volumes", $"expected a mapping of names to volumes, found {section.Kind}");
            return volumes;
        }

        foreach (var entry in map.Entries)
        {
            var path = $"volumes.{entry.Key}";
            if (entry.Value is not YamlMap volume)
            {
                _remarks.Error(entry.Value.Place, path, $"expected a mapping with 'external: true', and the volume made once with: kontena volume create --driver local --scope instance {entry.Key}");
                continue;
            }

            foreach (var other in volume.Entries.Where(other => other.Key is not ("external" or "only_if" or "skip_if")))
                _remarks.Error(other.KeyPlace, $"{path}.{other.Key}", "is not a known key; only external volumes can be named here, driver and scope are given to: kontena volume create");
            var external = volume["external"] switch
            {
                YamlScalar { AsBoolean: true } => entry.Key,
                YamlMap named when named["name"] is YamlScalar name => name.Text,
                _ => null,
            };
            if (external is null)
                _remarks.Error(volume.Place, $"{path}.external", "expected 'true', or a mapping with the volume's name");
            else
                volumes.Add(new StackVolumeRequest(entry.Key, external));
        }

        return volumes;
    }

    private IReadOnlyList<string> Texts(YamlMap map, string key)
    {
        if (map[key] is null)
            return [];
        if (map[key] is YamlList list && list.Items.All(item => item is YamlScalar))
            return [.. list.Items.Cast<YamlScalar>().Select(item => item.Text)];
        _remarks.Error(map[key]!.Place, key, $"expected a list of text, found {map[key]!.Kind}");
        return [];
    }
}
