using System.Xml.Linq;

namespace Kontena.Architecture.Tests;

/// <summary>The tree this test program was built from.</summary>
internal static class Repository
{
    public static readonly string Root = FindRoot();

    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    public static IEnumerable<Project> Projects() =>
        new[] { "services", "shared", "tests" }
            .SelectMany(folder => Directory.EnumerateFiles(At(folder), "*.csproj", SearchOption.AllDirectories))
            .Select(Project.Read)
            .OrderBy(project => project.Name, StringComparer.Ordinal);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Kontena.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"no Kontena.sln above {AppContext.BaseDirectory}");
    }
}

/// <summary>A project file: its name, what it references, where it lives.</summary>
internal sealed record Project(string Name, string Folder, IReadOnlyList<string> References, IReadOnlyList<string> Packages)
{
    public static Project Read(string path)
    {
        var file = XDocument.Load(path);
        return new Project(
            Path.GetFileNameWithoutExtension(path),
            Path.GetRelativePath(Repository.Root, Path.GetDirectoryName(path)!),
            [.. file.Descendants("ProjectReference").Select(one => Path.GetFileNameWithoutExtension(one.Attribute("Include")!.Value))],
            [.. file.Descendants("PackageReference").Select(one => one.Attribute("Include")!.Value)]);
    }
}
