using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Kontena.StackFiles.Yaml;

/// <summary>Reads the first document of a text into nodes with places, within <see cref="YamlLimits"/>.</summary>
/// <remarks>
/// Built on the event parser, which is iterative: a file of ten thousand brackets is refused by depth before anything recurses.
/// Aliases share their node, and every visit of an alias is charged with the size of what it stands for.
/// </remarks>
internal sealed class YamlDocument
{
    private readonly Parser _parser;
    private readonly string _file;
    private readonly Func<string, Place, string> _scalar;
    private readonly Action<Place, string>? _twice;
    private readonly Dictionary<string, (YamlNode Node, int Size)> _anchors = [];
    private int _nodes;

    private YamlDocument(string text, string file, Func<string, Place, string> scalar, Action<Place, string>? twice)
    {
        _twice = twice;
        _parser = new Parser(new StringReader(text));
        _file = file;
        _scalar = scalar;
    }

    /// <param name="scalar">Applied to the text of each scalar: substitution happens here, so a value can't change the document's structure.</param>
    /// <param name="twice">Told of every key that its mapping already has, and its place.</param>
    /// <exception cref="YamlProblem">The text is no YAML, or asks for too much.</exception>
    public static YamlNode Read(string text, string file, Func<string, Place, string> scalar, Action<Place, string>? twice = null)
    {
        if (text.StartsWith('\uFEFF'))
            text = text[1..];
        var document = new YamlDocument(text.ReplaceLineEndings("\n"), file, scalar, twice);
        try
        {
            document._parser.Consume<StreamStart>();
            if (document._parser.Accept<StreamEnd>(out _))
                return new YamlScalar(new Place(file, 1, 1), "", Plain: true);
            document._parser.Consume<DocumentStart>();
            return document.Node(depth: 0);
        }
        catch (InvalidOperationException failure)
        {
            // The scanner gives up this way on some malformed plain scalars, instead of with a place.
            var reached = document._parser.Current?.Start ?? Mark.Empty;
            throw new YamlProblem(Blamed(text, file, reached), Sentence(text, "look for a bracket, a brace or a quote that is not closed after this place"), failure);
        }
        catch (YamlException failure)
        {
            throw new YamlProblem(Blamed(text, file, failure.Start), Sentence(text, failure.Message.TrimEnd('.')), failure);
        }
    }

    private static string Sentence(string text, string otherwise) =>
        $"this is not valid YAML: {(TabAt(text) is null ? otherwise : "the line is indented with a tab, YAML wants spaces")}";

    private static Place Blamed(string text, string file, Mark reached) =>
        TabAt(text) is { } tab ? new Place(file, tab.Line, tab.Column) : new Place(file, Math.Max(1, (int)reached.Line), Math.Max(1, (int)reached.Column));

    /// <summary>The first line that is indented with a tab: parsers stumble over it much later, or name the first line.</summary>
    private static (int Line, int Column)? TabAt(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var line = 0; line < lines.Length; line++)
        {
            var indent = lines[line].Length - lines[line].TrimStart(' ').Length;
            if (indent < lines[line].Length && lines[line][indent] == '\t')
                return (line + 1, indent + 1);
        }

        return null;
    }

    private YamlNode Node(int depth)
    {
        var next = _parser.Current ?? throw new YamlProblem(new Place(_file, 1, 1), "the document ends too early");
        var place = new Place(_file, (int)next.Start.Line, (int)next.Start.Column);
        if (next is not (NodeEvent or AnchorAlias))
            throw new YamlProblem(place, "this is not valid YAML: a value is missing");
        if (depth > YamlLimits.Depth)
            throw new YamlProblem(place, $"nested more than {YamlLimits.Depth} levels deep");
        Charge(place, 1);

        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            if (!_anchors.TryGetValue(alias.Value.Value, out var known))
                throw new YamlProblem(place, $"the alias *{alias.Value.Value} has no anchor &{alias.Value.Value} before it");
            Charge(place, known.Size);
            return known.Node;
        }

        var before = _nodes;
        var anchor = ((NodeEvent)next).Anchor;
        YamlNode node = next switch
        {
            YamlDotNet.Core.Events.Scalar => ReadScalar(place),
            SequenceStart => ReadList(place, depth),
            MappingStart => ReadMap(place, depth),
            _ => throw new YamlProblem(place, $"unexpected {next.GetType().Name}"),
        };
        if (!anchor.IsEmpty)
            _anchors[anchor.Value] = (node, _nodes - before + 1);
        return node;
    }

    private YamlScalar ReadScalar(Place place)
    {
        var scalar = _parser.Consume<Scalar>();
        return new YamlScalar(place, _scalar(scalar.Value, place), scalar.Style == ScalarStyle.Plain && (scalar.Tag.IsEmpty || scalar.Tag.Value != "tag:yaml.org,2002:str"));
    }

    private YamlList ReadList(Place place, int depth)
    {
        _parser.Consume<SequenceStart>();
        var items = new List<YamlNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
            items.Add(Node(depth + 1));
        return new YamlList(place, items);
    }

    private YamlMap ReadMap(Place place, int depth)
    {
        _parser.Consume<MappingStart>();
        var entries = new List<YamlEntry>();
        var merged = new List<YamlMap>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = Node(depth + 1);
            var value = Node(depth + 1);
            if (key is not YamlScalar name)
                throw new YamlProblem(key.Place, $"a key must be text, found {key.Kind}");
            if (name is { Plain: true, Text: "<<" })
                merged.AddRange(MergeSources(value));
            else
                Put(entries, new YamlEntry(name.Text, key.Place, value));
        }

        // Own keys win over merged ones, earlier merge sources over later ones (YAML 1.1 merge keys).
        foreach (var entry in merged.SelectMany(map => map.Entries))
        {
            Charge(entry.KeyPlace, 1);
            if (entries.All(own => own.Key != entry.Key))
                entries.Add(entry);
        }

        return new YamlMap(place, entries);
    }

    private void Put(List<YamlEntry> entries, YamlEntry entry)
    {
        var at = entries.FindIndex(own => own.Key == entry.Key);
        if (at < 0)
            entries.Add(entry);
        else
        {
            entries[at] = entry;
            _twice?.Invoke(entry.KeyPlace, entry.Key);
        }
    }

    private static IEnumerable<YamlMap> MergeSources(YamlNode value) => value switch
    {
        YamlMap map => [map],
        YamlList list when list.Items.All(item => item is YamlMap) => list.Items.Cast<YamlMap>(),
        _ => throw new YamlProblem(value.Place, $"<< wants a mapping or a list of mappings, found {value.Kind}"),
    };

    private void Charge(Place place, int nodes)
    {
        _nodes += nodes;
        if (_nodes > YamlLimits.Nodes)
            throw new YamlProblem(place, $"more than {YamlLimits.Nodes:N0} nodes once aliases are followed");
    }
}

/// <summary>The text can't be read at all; one remark, as nothing after it can be trusted.</summary>
internal sealed class YamlProblem(Place place, string message, Exception? inner = null) : Exception(message, inner)
{
    public Place Place { get; } = place;
}
