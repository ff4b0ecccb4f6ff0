using Kontena.Contracts.Services;
using Xunit;

namespace Kontena.StackFiles.Tests;

/// <summary>Reads files that exist only in a test.</summary>
internal sealed class Reading(params (string Path, string Text)[] files) : IFileReader
{
    private readonly Dictionary<string, string> _files = files.ToDictionary(file => file.Path, file => file.Text);

    public Dictionary<string, string> Environment { get; } = [];

    public Dictionary<string, string> Values { get; } = [];

    public string? Name { get; init; }

    public string? ReadText(string path) => _files.GetValueOrDefault(path);

    public StackReadResult Read() => StackFileReader.Read(_files.Keys.First(), new StackReadOptions
    {
        Grid = "prod",
        Name = Name,
        Values = Values,
        Environment = name => Environment.GetValueOrDefault(name),
        Files = this,
        Random = new Random(1),
    });

    public static StackReadResult Of(string text) => new Reading(("kontena.yml", text)).Read();

    /// <summary>The only service of a stack file whose service has this body.</summary>
    public static ServiceRequest Service(string body)
    {
        var result = OfService(body);
        Assert.Empty(result.Errors);
        return result.Request!.Services!.Single();
    }

    public static StackReadResult OfService(string body) =>
        Of($"stack: a/b\nservices:\n  s:\n{string.Join('\n', body.Split('\n').Select(line => "    " + line))}\n");
}
