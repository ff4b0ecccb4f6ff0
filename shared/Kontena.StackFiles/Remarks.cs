using Kontena.StackFiles.Yaml;

namespace Kontena.StackFiles;

/// <summary>Collects every mistake and notice of one reading.</summary>
internal sealed class Remarks
{
    /// <summary>A file of nothing but mistakes is told about this many.</summary>
    private const int Limit = 200;

    private readonly List<StackFileError> _errors = [];
    private readonly List<StackFileError> _notices = [];

    public IReadOnlyList<StackFileError> Errors => InOrder(_errors);

    public IReadOnlyList<StackFileError> Notices => InOrder(_notices);

    public bool HasErrors => _errors.Count > 0;

    public void Error(Place place, string path, string message)
    {
        if (_errors.Count < Limit)
            _errors.Add(new StackFileError(place.File, place.Line, place.Column, path, message));
    }

    public void Notice(Place place, string path, string message)
    {
        if (_notices.Count < Limit)
            _notices.Add(new StackFileError(place.File, place.Line, place.Column, path, message));
    }

    /// <summary>As somebody reads the files: each from top to bottom, in the order in which they came up.</summary>
    private static IReadOnlyList<StackFileError> InOrder(IReadOnlyList<StackFileError> remarks)
    {
        var files = remarks.Select(remark => remark.File).Distinct().ToList();
        return [.. remarks.Distinct().OrderBy(remark => files.IndexOf(remark.File)).ThenBy(remark => remark.Line).ThenBy(remark => remark.Column)];
    }
}
