using System.Net;
using Kontena.Api.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Kontena.Api.Nodes;

/// <summary>What a machine needs that has Docker and nothing else: the agent's package, and the script that fetches it, installs it and joins. Open: neither is secret.</summary>
internal static class InstallEndpoints
{
    public const string ScriptPath = "/v1/install.sh";
    public const string PackagePath = "/v1/agent.deb";

    private const string Resource = "Kontena.Api.Nodes.install.sh";

    /// <summary>As long as the script waits. Who reads more slowly than this allows holds up others.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);
    private static readonly MinDataRate Slowest = new(bytesPerSecond: 64 * 1024, gracePeriod: TimeSpan.FromSeconds(10));

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(ScriptPath, Script).WithFacts("fetchInstaller", Need.Anonymous).Refuses(404, "This master hands no agent out")
            .WithSummary("A shell script that installs the agent and joins; 404 when this master hands no package out").WithTags("nodes");
        routes.MapGet(PackagePath, Package).WithFacts("fetchAgent", Need.Anonymous).Refuses(404, "This master hands no agent out")
            .Refuses(503, "As many machines fetch the agent as are served at once").WithSummary("The agent's Debian package").WithTags("nodes");
    }

    private static IResult Script(ApiOptions options) =>
        Find(options) is null ? throw None() : Results.Stream(typeof(InstallEndpoints).Assembly.GetManifestResourceStream(Resource)!, "text/x-shellscript");

    private static IResult Package(HttpContext http, ApiOptions options, PackageTurns turns, TimeProvider time)
    {
        var file = Find(options) ?? throw None();
        var address = http.Connection.RemoteIpAddress ?? IPAddress.None;
        if (!turns.TryTake(address))
            throw HttpRefusal.Away($"as many machines fetch the agent at this moment as this api serves at once ({PackageTurns.AtOnce}, {PackageTurns.OfOneAddress} of one address); try again in a moment");
        if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = Slowest;
        var limit = time.CreateTimer(_ => http.Abort(), null, Longest, Timeout.InfiniteTimeSpan);
        http.Response.OnCompleted(async () =>
        {
            await limit.DisposeAsync();
            turns.Leave(address);
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
