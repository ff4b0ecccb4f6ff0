using System.Formats.Tar;
using System.Text;
using Kontena.Docker;

namespace Kontena.Testing.Docker;

/// <summary>Images for tests, made of nothing but busybox: there is no registry to ask.</summary>
public static class TinyImages
{
    /// <summary>Sleeps. Its environment has <c>TINY=1</c>.</summary>
    public const string Tiny1 = "kontena-test/tiny:1";

    /// <summary>The same with <c>TINY=2</c>: another image id.</summary>
    public const string Tiny2 = "kontena-test/tiny:2";

    /// <summary>Answers HTTP on port 80 with its host name.</summary>
    public const string Httpd = "kontena-test/httpd:1";

    private static readonly string[] Applets =
    [
        "sh", "sleep", "ls", "cat", "echo", "printf", "ping", "wget", "nc", "nslookup", "httpd", "ip", "ps", "hostname", "date", "env", "grep", "top", "dd",
        "head", "tail", "yes", "tr", "seq", "awk", "true", "false", "kill", "id", "stat", "mkdir", "rm", "touch", "test", "stty", "wc", "sync", "timeout", "sed",
    ];

    /// <summary>Builds all of them, if they are not there.</summary>
    public static async Task BuildAsync(IContainerEngine engine, CancellationToken cancellationToken)
    {
        await BuildAsync(engine, Tiny1, "ENV TINY=1\nCMD [\"sleep\", \"1000000\"]\n", cancellationToken);
        await BuildAsync(engine, Tiny2, "ENV TINY=2\nCMD [\"sleep\", \"1000000\"]\n", cancellationToken);
        await BuildAsync(
            engine, Httpd,
            "EXPOSE 80\nCMD [\"sh\", \"-c\", \"mkdir -p /www && hostname > /www/index.html && exec httpd -f -p 80 -h /www\"]\n", cancellationToken);
    }

    /// <summary>A context whose Dockerfile is the busybox file system and then the given lines.</summary>
    /// <remarks>STOPSIGNAL: a first process without a TERM handler ignores TERM, and every stop would take its whole grace.</remarks>
    public static MemoryStream Context(string dockerfileLines)
    {
        var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Pax, leaveOpen: true))
        {
            AddFile(writer, "Dockerfile", "FROM scratch\nCOPY root/ /\nSTOPSIGNAL SIGKILL\n" + dockerfileLines);
            AddFile(writer, "root/etc/passwd", "root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n");
            foreach (var directory in (string[])["root/tmp", "root/proc", "root/sys", "root/dev"])
                writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, directory) { Mode = (UnixFileMode)0b111_111_111 });
            using (var busybox = File.OpenRead(BusyboxPath()))
                writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "root/bin/busybox") { Mode = (UnixFileMode)0b111_101_101, DataStream = busybox });
            foreach (var applet in Applets)
                writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "root/bin/" + applet) { LinkName = "busybox" });
        }

        tar.Position = 0;
        return tar;
    }

    private static async Task BuildAsync(IContainerEngine engine, string tag, string lines, CancellationToken cancellationToken)
    {
        if (await engine.InspectImageAsync(tag, cancellationToken) is not null) return;
        await using var context = Context(lines);
        await engine.BuildImageAsync(context, new BuildOptions { Tag = tag }, progress: null, cancellationToken);
    }

    private static void AddFile(TarWriter writer, string name, string text) =>
        writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name)
        {
            Mode = (UnixFileMode)0b110_100_100,
            DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)),
        });

    private static string BusyboxPath() =>
        ((string[])["/bin/busybox", "/usr/bin/busybox"]).FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException("The Docker tests need a static busybox: install the package busybox-static.");
}
