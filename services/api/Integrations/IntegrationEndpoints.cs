using System.Security.Cryptography;
using Kontena.Api.Http;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Http;
using Kontena.Contracts.Identity;
using Names = Kontena.Contracts.Identity.Integrations;

namespace Kontena.Api.Integrations;

/// <summary>Programs that speak over the broker: made with a login of their own, listed, removed. Not in the original.</summary>
internal static class IntegrationEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var integrations = routes.MapGroup("/v1/integrations").WithTags("integrations");
        integrations.MapGet("", ListAsync).WithFacts("listIntegrations", Need.MasterAdmin).Produces<IntegrationsJson>().WithSummary("All integrations");
        integrations.MapPost("", CreateAsync).WithFacts("createIntegration", Need.MasterAdmin).ShowsOnce().Produces<NewIntegrationJson>(201)
            .WithMetadata(new BodyOf(typeof(IntegrationRequest))).WithSummary("Make an integration; its address with the password is shown this once");
        integrations.MapDelete("/{integration}", RemoveAsync).WithFacts("removeIntegration", Need.MasterAdmin).Refuses(404, "There is no such integration")
            .WithSummary("Remove an integration, its login, connections and queues");
    }

    private static async Task<IResult> ListAsync(SnapshotReader reader, CancellationToken cancellationToken)
    {
        var all = (await reader.UsersAsync(cancellationToken)).Where(user => user.Integration is not null).Select(user => Render(user)).OrderBy(one => one.Name, StringComparer.Ordinal);
        return Reply.Ok(new IntegrationsJson([.. all]), KontenaResponseJson.Wire.IntegrationsJson);
    }

    private static async Task<IResult> CreateAsync(HttpContext http, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        var request = await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.IntegrationRequest);
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        var made = await commands.AskGridManagerAsync<CreateIntegration, IntegrationCreated>(
            new CreateIntegration { Name = request.Name, Roles = request.Roles ?? [], Grids = request.Grids ?? [], BrokerPassword = password }, cancellationToken);
        Commands.Require(made.Result);
        // Removed between two lines: then it is worth nothing, and there is nothing to show.
        var user = await reader.FindUserAsync(Names.Email(request.Name!), cancellationToken) ?? throw HttpRefusal.NotFound();
        var shown = Render(user);
        return Reply.Created(new NewIntegrationJson
        {
            Id = shown.Id, Name = shown.Name, Roles = shown.Roles, Grids = shown.Grids, QueuePrefix = shown.QueuePrefix, CreatedAt = shown.CreatedAt,
            Url = new UriBuilder(made.Broker!) { UserName = Names.BrokerUser(shown.Name), Password = password }.Uri.AbsoluteUri,
        }, KontenaResponseJson.Wire.NewIntegrationJson);
    }

    private static async Task<IResult> RemoveAsync(string integration, Commands commands, CancellationToken cancellationToken)
    {
        if (!Names.IsName(integration))
            throw HttpRefusal.NotFound();
        await commands.AskGridManagerAsync(new RemoveIntegration { Name = integration }, cancellationToken);
        return Reply.Empty;
    }

    private static IntegrationJson Render(User user) => new()
    {
        Id = user.Integration!.Name,
        Name = user.Integration.Name,
        Roles = user.Integration.IsViewer ? [Names.Viewer] : user.Roles,
        Grids = user.Grids,
        QueuePrefix = Names.QueuePrefix(user.Integration.Name),
        CreatedAt = user.CreatedAt,
    };
}
