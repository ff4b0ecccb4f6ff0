using Kontena.Api.Audit;
using Kontena.Api.Auth;
using Kontena.Api.Certificates;
using Kontena.Api.Containers;
using Kontena.Api.Deploys;
using Kontena.Api.Etcd;
using Kontena.Api.Events;
using Kontena.Api.Exec;
using Kontena.Api.Grids;
using Kontena.Api.Http;
using Kontena.Api.Integrations;
using Kontena.Api.Jobs;
using Kontena.Api.Logs;
using Kontena.Api.Master;
using Kontena.Api.Nodes;
using Kontena.Api.Placement;
using Kontena.Api.PublicBus;
using Kontena.Api.Registries;
using Kontena.Api.Secrets;
using Kontena.Api.Services;
using Kontena.Api.Snapshots;
using Kontena.Api.Stacks;
using Kontena.Api.Stats;
using Kontena.Api.Users;
using Kontena.Api.Volumes;
using Kontena.Contracts.Audit;
using Kontena.Core.Ids;
using Kontena.Hosting;
using Kontena.Hosting.DeadLetters;
using Kontena.Hosting.PublicBus;
using Kontena.State;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Kontena.Api;

/// <summary>The HTTP API: authenticates, checks shapes, translates to commands and renders what the store holds. Keeps and writes no state.</summary>
public static class ApiModule
{
    private const string Name = "api";

    public static KontenaApplicationBuilder AddApi(this KontenaApplicationBuilder builder)
    {
        if (!builder.TryAddModule(Name))
            return builder;

        builder.DefaultUrls = "http://127.0.0.1:9292";
        builder.Services.AddKontenaState(builder.Configuration);
        var process = new ExecProcess(ObjectId.New(TimeProvider.System));
        AddServices(builder.Services, ApiOptions.From(builder.Configuration), process);
        builder.Services.AddHostedService(provider => provider.GetRequiredService<RefusalReporter>());
        builder.AddDataEndpoint(ExecOutputConsumer.Endpoint(process));
        builder.AddPublicCommands(provider => provider.GetRequiredService<CommandDesk>().AnswerAsync);
        builder.Use(UseApi);
        builder.MapRoutes(MapApi);
        return builder;
    }

    internal static void AddServices(IServiceCollection services, ApiOptions options, ExecProcess process)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(process);
        services.AddSingleton<AdministratorToken>();
        services.AddSingleton<SignIns>();
        services.AddSingleton<Standing>();
        services.AddSingleton<FailedSignIns>();
        services.AddSingleton<ExchangeTurns>();
        services.AddSingleton<LoginTurns>();
        services.AddSingleton<ProviderClient>();
        services.AddSingleton<TokenReader>();
        services.AddSingleton<SnapshotReader>();
        services.AddSingleton<KeptAnswers>();
        services.AddHttpContextAccessor();
        services.AddSingleton<Commands>();
        services.AddSingleton<AuditReader>();
        services.AddSingleton<RefusalWindow>();
        services.AddSingleton<RefusalReporter>();
        services.AddSingleton<SecretValues>();
        services.AddSingleton<RegistryWriting>();
        services.AddSingleton<MasterConfigReader>();
        services.AddSingleton<EnrolTurns>();
        services.AddSingleton<PackageTurns>();
        services.AddSingleton<LogReader>();
        services.AddSingleton<EventReader>();
        services.AddSingleton<LogFollowers>();
        services.AddSingleton<StatsReader>();
        services.AddSingleton<MetricsReader>();
        services.AddSingleton<ExecSessions>();
        services.AddSingleton<ExecTargets>();
        services.AddSingleton<ContainerQuestions>();
        services.AddPublicBus();
        services.AddApiDocument();
    }

    /// <summary>Outermost first: who is behind a proxy, headers of every answer, then who counts refusals, then error shapes, then the token, then strict paths, then what its user may do, then what was asked before, then websockets.</summary>
    internal static void UseApi(IApplicationBuilder app)
    {
        // Made now, so that a token file that can't be used ends the start with a sentence instead of the first request with a failure.
        app.ApplicationServices.GetRequiredService<AdministratorToken>();
        if (app.ApplicationServices.GetRequiredService<ApiOptions>().TrustedProxies is { Count: > 0 } proxies)
            app.UseForwardedHeaders(TrustedProxies.Options(proxies));
        app.UseMiddleware<SecurityHeaders>();
        app.UseMiddleware<RefusalWatch>();
        app.UseMiddleware<ErrorShapes>();
        app.UseMiddleware<TokenCheck>();
        app.UseMiddleware<StrictPaths>();
        app.UseMiddleware<NeedCheck>();
        app.UseMiddleware<IdempotencyKeys>();
        app.UseWebSockets(new WebSocketOptions
        {
            KeepAliveInterval = TimeSpan.FromSeconds(30),
            KeepAliveTimeout = TimeSpan.FromSeconds(15),
        });
    }

    internal static void MapApi(IEndpointRouteBuilder routes)
    {
        MasterEndpoints.Map(routes);
        ConfigEndpoints.Map(routes);
        AuthEndpoints.Map(routes);
        LoginEndpoints.Map(routes);
        AuthorizeEndpoint.Map(routes);
        TokenEndpoints.Map(routes);
        UserEndpoints.Map(routes);
        IntegrationEndpoints.Map(routes);
        AuditEndpoints.Map(routes);
        GridEndpoints.Map(routes);
        NodeEndpoints.Map(routes);
        NodeTokenEndpoints.Map(routes);
        EngineNodeEndpoints.Map(routes);
        EnrolEndpoints.Map(routes);
        InstallEndpoints.Map(routes);
        StackEndpoints.Map(routes);
        ServiceEndpoints.Map(routes);
        ServiceActionEndpoints.Map(routes);
        RevisionEndpoints.Map(routes);
        DeployEndpoints.Map(routes);
        RunEndpoints.Map(routes);
        PlacementEndpoints.Map(routes);
        ContainerEndpoints.Map(routes);
        ExecEndpoints.Map(routes);
        LogEndpoints.Map(routes);
        EventEndpoints.Map(routes);
        StatsEndpoints.Map(routes);
        MetricsEndpoints.Map(routes);
        VolumeEndpoints.Map(routes);
        SecretEndpoints.Map(routes);
        CertificateEndpoints.Map(routes);
        RegistryEndpoints.Map(routes);
        EtcdEndpoints.Map(routes);
        MapDeadLetters(routes);
        routes.MapApiDocument();
        routes.MapAsyncApiDocument();
    }

    private static void MapDeadLetters(IEndpointRouteBuilder routes)
    {
        var letters = new QueryParameter("letters", QueryType.Integer, "Letters shown of each queue, the oldest") { Default = "20", Least = 0, Most = 100 };
        var queue = new QueryParameter("queue", QueryType.Repeated, "A queue to look at beside those that are known; 100 at most");
        var limit = new QueryParameter("limit", QueryType.Integer, "Letters sent back at most") { Default = "1000", Least = 1, Most = 1000 };
        routes.MapDeadLetters(
            "/v1/admin",
            list => list.WithFacts("listDeadLetters", Need.MasterAdmin).Reads(letters, queue)
                .Refuses(422, "A number is none, or out of its range")
                .WithSummary("Messages that could not be worked off, by queue").WithTags("admin"),
            replay => replay.WithFacts("replayDeadLetters", Need.MasterAdmin).Reads(limit).Refuses(404, "There is no such queue")
                .Refuses(422, "The number is none, or out of its range").WithSummary("Send the messages of a queue on their way again").WithTags("admin"),
            (http, name) => http.RequestServices.GetRequiredService<Commands>().AskGridManagerAsync(new NoteReplay { Queue = name }, http.RequestAborted));
    }
}
