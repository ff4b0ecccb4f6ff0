using Kontena.StackFiles.Substitution;
using Kontena.StackFiles.Variables;
using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles.Extending;

/// <summary>Opens the main file and those it extends, each once.</summary>
internal sealed class FileLoader(StackReadOptions options, Remarks remarks)
{
    private readonly Dictionary<string, LoadedFile?> _loaded = new(StringComparer.Ordinal);

    /// <summary>The values of the main file's own variables, to be remembered with the stack.</summary>
    public IReadOnlyDictionary<string, string?> Values { get; private set; } = new Dictionary<string, string?>();

    /// <summary>The file, or null after its mistakes were reported.</summary>
    /// <param name="extending">The file that refers to it, whose variables it inherits; null for the main file.</param>
    public LoadedFile? Load(string path, Place from, LoadedFile? extending)
    {
        if (_loaded.TryGetValue(path, out var known))
            return known;
        if (_loaded.Count >= YamlLimits.Files)
        {
            remarks.Error(from, "", $"more than {YamlLimits.Files} files refer to one another");
            return null;
        }

        _loaded[path] = null;
        return _loaded[path] = Read(path, from, extending);
    }

    private LoadedFile? Read(string path, Place from, LoadedFile? extending)
    {
        try
        {
            var text = options.Files.ReadText(path);
            if (text is null)
            {
                remarks.Error(from, "", $"no such file: {path}");
                return null;
            }

            if (YamlDocument.Read(text, path, (scalar, _) => scalar, Twice) is not YamlMap raw)
            {
                remarks.Error(new Place(path, 1, 1), "", "is empty or not a mapping; a stack file starts with keys such as 'stack:' and 'services:'");
                return null;
            }

            return RefusesTemplates(text, path) ? null : Substituted(path, text, raw, extending);
        }
        catch (YamlProblem problem)
        {
            remarks.Error(problem.Place, "", problem.Message);
            return null;
        }
        catch (InvalidDataException failure)
        {
            remarks.Error(from, "", failure.Message);
            return null;
        }
    }

    /// <summary>Taken as the original takes it, but not in silence: what stood there first is lost.</summary>
    private void Twice(Place place, string key) => remarks.Notice(place, "", $"the key '{key}' is here a second time; what it had before is left out");

    private LoadedFile Substituted(string path, string text, YamlMap raw, LoadedFile? extending)
    {
        var form = StackForms.Of(raw);
        var stack = extending?.Variables["STACK"] ?? options.Name ?? OwnName(raw, path);
        var variables = new VariableSet(stack, options.Grid, options.Platform ?? options.Grid);
        if (form == StackForm.Stack)
        {
            var values = new VariableSection(options, remarks, variables).Read(raw["variables"]);
            if (extending is null)
                Values = values;
        }

        if (extending is not null)
            variables.Inherit(extending.Variables);

        // Files that are no stack files declare nothing; their names come from the environment, as docker-compose does it.
        var fallback = form == StackForm.Stack ? null : options.Environment;
        var root = (YamlMap)YamlDocument.Read(text, path, (scalar, place) =>
        {
            if (form != StackForm.Stack)
                scalar = ProjectPlaceholder.Replace(scalar, stack, options.Grid);
            return variables.Substitute(scalar, place, remarks, fallback);
        });

        // What stands outside the services is not part of what runs: it is taken as written (stack-file.md §2).
        foreach (var key in new[] { "stack", "version", "meta", "variables" })
        {
            if (form == StackForm.Stack && raw.Entry(key) is { } entry)
                root = root.With(key, entry.Value);
        }

        return new LoadedFile(path, form, root, variables, text);
    }

    /// <summary>Templates are part of the format but not of this version: said plainly, because ignoring them would change what is installed.</summary>
    private bool RefusesTemplates(string text, string path)
    {
        var lines = text.Split('\n');
        for (var line = 0; line < lines.Length; line++)
        {
            var at = lines[line].IndexOf("{%", StringComparison.Ordinal);
            at = at < 0 ? lines[line].IndexOf("{{", StringComparison.Ordinal) : at;
            if (at < 0)
                continue;
            remarks.Error(new Place(path, line + 1, at + 1), "", "Liquid templates ({% … %}, {{ … }}) are not available in this version; use $variables");
            return true;
        }

        return false;
    }

    /// <summary>The stack's part of <c>stack: user/name:version</c>; else <c>name:</c>; else the folder's name.</summary>
    private static string OwnName(YamlMap root, string path)
    {
        if (root["stack"] is YamlScalar stack)
            return StackName.Parse(stack.Text).Name;
        if (root["name"] is YamlScalar name)
            return name.Text;
        var folder = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path)) ?? "");
        var clean = string.Concat(folder.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) || c == '_' ? c : '-')).Trim('-');
        return clean.Length > 0 ? clean : "app";
    }
}
