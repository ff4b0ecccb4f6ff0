using Kontena.StackFiles.Services;
using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles.Extending;

/// <summary>
/// Gives a service everything of the one it extends: the child's keys replace the parent's, except that environment, secrets and build
/// arguments are merged by name (stack-file.md §10.3). Works on the form of the file, so nothing is lost.
/// </summary>
internal sealed class ServiceExtender(FileLoader files, IFileReader reader, Func<string, string?> environment, Remarks remarks)
{
    private const int LongestChain = 16;

    /// <summary>The service with all it inherits; env files are folded in and paths are those the caller can open.</summary>
    public YamlMap? Complete(LoadedFile file, string name, YamlMap service) => Complete(file, name, service, []);

    private YamlMap? Complete(LoadedFile file, string name, YamlMap service, IReadOnlyList<string> chain)
    {
        var self = $"{file.Path}#{name}";
        var path = file.Form == StackForm.Bare ? name : $"services.{name}";
        if (chain.Contains(self) || chain.Count >= LongestChain)
        {
            remarks.Error(service.Place, $"{path}.extends", $"extends itself: {string.Join(" → ", chain.Append(self))}");
            return null;
        }

        var own = Normalised(file, path, service);
        if (own["extends"] is not { } extends)
            return own.Without("extends");
        return Parent(file, path, extends) is { } parent && Complete(parent.File, parent.Name, parent.Service, [.. chain, self]) is { } inherited
            ? Merge(inherited, own.Without("extends"))
            : null;
    }

    private (LoadedFile File, string Name, YamlMap Service)? Parent(LoadedFile file, string path, YamlNode extends)
    {
        string? fileName = null;
        var service = (extends as YamlScalar)?.Text;
        if (extends is YamlMap map)
        {
            foreach (var entry in map.Entries.Where(entry => entry.Key is not ("file" or "service" or "stack")))
                remarks.Error(entry.KeyPlace, $"{path}.extends.{entry.Key}", "is not expected; extends takes file and service");
            if (map["stack"] is { } stack && map["file"] is null)
            {
                remarks.Error(stack.Place, $"{path}.extends.stack", "stacks of a registry are not available in this version; extend a file");
                return null;
            }

            fileName = (map["file"] as YamlScalar)?.Text;
            service = (map["service"] as YamlScalar)?.Text;
            if (service is null)
                remarks.Error(map.Place, $"{path}.extends.service", "is missing: name the service to extend");
        }
        else if (extends is not YamlScalar)
        {
            remarks.Error(extends.Place, $"{path}.extends", $"expected a service's name, or a mapping of file and service; found {extends.Kind}");
        }

        if (service is null)
            return null;
        var parent = fileName is null ? file : files.Load(file.Resolve(fileName), extends.Place, file);
        if (parent is null)
            return null;
        if (parent.Services?[service] is YamlMap found)
            return (parent, service, found);
        remarks.Error(extends.Place, $"{path}.extends",
            $"service '{service}' not found in {parent.Path}{Closest.Hint(service, parent.Services?.Keys ?? [])}");
        return null;
    }

    private YamlMap Normalised(LoadedFile file, string path, YamlMap service)
    {
        if (service["env_file"] is { } envFile)
        {
            var lines = EnvFiles.Read(envFile, file, reader, $"{path}.env_file", remarks);
            service = service.Without("env_file");
            service = service.With("environment", EnvironmentForm.Merge(lines, service["environment"]) ?? new YamlList(envFile.Place, lines));
        }

        if (service["build"] is { } build)
            service = service.With("build", BuildForm.WithOpenablePaths(build, service, file, environment)).Without("dockerfile");
        return service;
    }

    private static YamlMap Merge(YamlMap parent, YamlMap child)
    {
        var result = parent with { Place = child.Place };
        foreach (var entry in child.Entries.Where(entry => entry.Value is not YamlScalar { IsNull: true }))
        {
            var inherited = parent[entry.Key];
            result = result.With(entry.Key, inherited is null ? entry.Value : entry.Key switch
            {
                "environment" => EnvironmentForm.Merge(EnvironmentForm.Entries(inherited), entry.Value) ?? entry.Value,
                "secrets" => Secrets(inherited, entry.Value),
                "build" => BuildForm.Merge(inherited, entry.Value),
                _ => entry.Value,
            });
        }

        return result;
    }

    private static YamlNode Secrets(YamlNode parent, YamlNode child)
    {
        if (parent is not YamlList inherited || child is not YamlList own)
            return child;
        var named = own.Items.OfType<YamlMap>().Select(SecretOf).ToHashSet();
        return own with { Items = [.. own.Items, .. inherited.Items.Where(item => item is not YamlMap map || !named.Contains(SecretOf(map)))] };

        static string? SecretOf(YamlMap map) => (map["secret"] as YamlScalar)?.Text;
    }
}
