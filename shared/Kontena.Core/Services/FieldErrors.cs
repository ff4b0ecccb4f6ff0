using System.Globalization;
using Kontena.Contracts.Commands;

namespace Kontena.Core.Services;

/// <summary>Gathers every mistake of a request, under a common path, in the words of rest-api.md §2.1.</summary>
public sealed class FieldErrors(params string[] root)
{
    private readonly List<FieldError> _found = [];

    public IReadOnlyList<FieldError> Found => _found;

    public bool Any => _found.Count > 0;

    /// <summary>A sentence of its own at a field.</summary>
    public void Say(string message, params ReadOnlySpan<string> path) => _found.Add(new FieldError([.. root, .. path], message));

    /// <summary><c>Title Cased Field</c> and the reason, e.g. <c>Stop Signal isn't in the right format</c>.</summary>
    public void Reason(string reason, params ReadOnlySpan<string> path) => Say($"{Title(path)} {reason}", path);

    /// <summary>One more sentence in a list of them, e.g. under <c>links</c>.</summary>
    public void Append(string field, string message) => Say(message, field, "[]");

    public void Include(IEnumerable<FieldError> others) => _found.AddRange(others);

    /// <summary>The path segment of element <paramref name="index"/>, see <see cref="FieldError"/>.</summary>
    public static string At(int index) => $"[{index.ToString(CultureInfo.InvariantCulture)}]";

    private static string Title(ReadOnlySpan<string> path)
    {
        var last = path[^1];
        // An element of a list of texts is named after its list: Env[1].
        return last[0] == '[' && path.Length > 1 ? TitleOf(path[^2]) + last : TitleOf(last);
    }

    private static string TitleOf(string field) =>
        string.Join(' ', field.Split('_', StringSplitOptions.RemoveEmptyEntries).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
}
