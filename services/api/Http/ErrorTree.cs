using System.Text.Json.Nodes;
using Kontena.Contracts.Commands;

namespace Kontena.Api.Http;

/// <summary>Turns a flat list of mistakes into the nested object clients expect under <c>error</c> (rest-api.md §2.1).</summary>
internal sealed class ErrorTree
{
    private readonly List<string> _messages = [];
    private readonly List<string> _listed = [];
    private readonly SortedDictionary<int, ErrorTree> _elements = [];
    private readonly List<KeyValuePair<string, ErrorTree>> _children = [];

    /// <summary>A text when all mistakes concern the whole request, else an object. Never null, a list or empty: clients break on those.</summary>
    public static JsonNode Of(IReadOnlyList<FieldError> errors)
    {
        var root = new ErrorTree();
        foreach (var error in errors)
            root.Add(error.Path, 0, error.Message);

        if (root._children.Count == 0)
            return root._messages.Count == 0 ? "The request was refused" : string.Join("; ", root._messages);
        return root.AsObject();
    }

    private void Add(IReadOnlyList<string> path, int depth, string message)
    {
        if (depth == path.Count)
            _messages.Add(message);
        else if (depth > 0 && path[depth] == "[]")
            _listed.Add(message);
        else if (depth > 0 && IndexOf(path[depth]) is { } index)
            Element(index).Add(path, depth + 1, message);
        else
            Child(path[depth]).Add(path, depth + 1, message);
    }

    private ErrorTree Element(int index)
    {
        if (!_elements.TryGetValue(index, out var element))
            _elements[index] = element = new ErrorTree();
        return element;
    }

    private ErrorTree Child(string key)
    {
        foreach (var (name, child) in _children)
        {
            if (name == key)
                return child;
        }

        var added = new ErrorTree();
        _children.Add(new(key, added));
        return added;
    }

    private JsonNode Node()
    {
        if (_children.Count > 0)
            return AsObject();
        if (_elements.Count > 0 || _listed.Count > 0)
            return AsList();
        return _messages is [var only] ? only : new JsonArray([.. _messages.Select(message => (JsonNode)message)]);
    }

    private JsonObject AsObject()
    {
        var result = new JsonObject();
        foreach (var (name, child) in _children)
            result[name] = child.Node();
        foreach (var (index, element) in _elements)
            result[$"[{index}]"] = element.Node();
        if (_messages.Count + _listed.Count > 0)
            result["base"] = string.Join("; ", _messages.Concat(_listed));
        return result;
    }

    private JsonArray AsList()
    {
        var result = new JsonArray();
        if (_elements.Count > 0)
        {
            var last = _elements.Keys.Max();
            for (var index = 0; index <= last; index++)
                result.Add(_elements.TryGetValue(index, out var element) ? element.Node() : null);
        }

        foreach (var message in _messages.Concat(_listed))
            result.Add((JsonNode)message);
        return result;
    }

    /// <summary><c>[12]</c> → 12. Lists longer than a body can hold are taken for keys.</summary>
    private static int? IndexOf(string segment) =>
        segment is ['[', .. var digits, ']'] && int.TryParse(digits, out var index) && index is >= 0 and < 100_000 ? index : null;
}
