using Kontena.Api.Http;

namespace Kontena.Api.Nodes;

/// <summary>What a machine needs that has Docker and nothing else: the agent's package, and the script that fetches it, installs it and joins. Open: neither is secret.</summary>
internal static class InstallEndpoints
{
    public const string ScriptPath = "/v1/install.sh";
    public const string PackagePath = "/v1/agent.deb";

    private const string Resource = "Kontena.Api.Nodes.install.sh";

    /// <summary>Whoever joins many machines at once waits for the network, not for a refusal.</summary>
    private const int AtOnce = 32;
    private static readonly SemaphoreSlim Turns = new(AtOnce, AtOnce);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(ScriptPath, Script).WithSummary("A shell script that installs the agent and joins; 404 when this master hands no package out").WithTags("nodes");
        routes.MapGet(PackagePath, PackageAsync).WithSummary("The agent's Debian package").WithTags("nodes");
    }

    private static IResult Script(ApiOptions options) =>
        Find(options) is null ? throw None() : Results.Stream(typeof(InstallEndpoints).Assembly.GetManifestResourceStream(Resource)!, "text/x-shellscript");

    private static async Task<IResult> PackageAsync(HttpContext http, ApiOptions options, CancellationToken cancellationToken)
    {
        var file = Find(options) ?? throw None();
        await Turns.WaitAsync(cancellationToken);
        http.Response.OnCompleted(() =>
        {
            Turns.Release();
            return Task.CompletedTask;
        });
        return Results.File(file, "application/vnd.debian.binary-package", Path.GetFileName(file));
    }

    /// <summary>Looked for each time: a newer one may have been put there.</summary>
    private static string? Find(ApiOptions options)
    {
        if (options.AgentPackage is not { } given)
            return null;
        if (File.Exists(given))
            return Path.GetFullPath(given);
        return Directory.Exists(given)
            ? new DirectoryInfo(given).EnumerateFiles("kontena-node-agent_*.deb").OrderByDescending(file => file.LastWriteTimeUtc).FirstOrDefault()?.FullName : null;
    }

    private static HttpRefusal None() =>
        HttpRefusal.NotFound("This master hands no agent out: make its package with infra/package, and set Kontena:Api:AgentPackage to the file or its folder");
}
