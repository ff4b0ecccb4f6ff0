namespace Kontena.EndToEnd.Platform;

/// <summary>The tree this program was built from; its entry scripts are what is tested.</summary>
internal static class Repository
{
    public static readonly string Root = FindRoot();

    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

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
