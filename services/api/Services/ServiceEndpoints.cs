using Kontena.Api.Http;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Http;
using Kontena.Contracts.Services;

namespace Kontena.Api.Services;

/// <summary>Services: read, create, change, remove (rest-api.md §12).</summary>
internal static class ServiceEndpoints
{
    private static readonly TimeSpan RemovalPoll = TimeSpan.FromMilliseconds(200);
    private static readonly QueryParameter OfStack = new("stack", QueryType.Text, "Only the services of this stack; null for those without one");

    public static void Map(IEndpointRouteBuilder routes)
    {
        var grid = routes.MapGroup("/v1/grids/{grid}/services").WithTags("services");
        grid.MapGet("", ListAsync).WithFacts("listServices", Need.GridUser).Reads(OfStack).Produces<ServicesJson>()
            .WithSummary("The services of a grid, newest first; ?stack= for one stack");
        grid.MapPost("", CreateAsync).WithFacts("createService", Need.GridUser).Produces<ServiceJson>(201)
            .WithMetadata(new BodyOf(typeof(ServiceRequest)))
            .WithSummary("Create a service that belongs to no stack");

        var service = routes.MapGroup("/v1/services/{grid}/{stack}/{service}").WithTags("services");
        service.MapGet("", ShowAsync).WithFacts("showService", Need.GridUser).Produces<ServiceJson>().WithSummary("One service");
        service.MapPut("", UpdateAsync).WithFacts("updateService", Need.GridUser).Produces<ServiceJson>()
            .WithMetadata(new BodyOf(typeof(ServiceRequest)))
            .WithSummary("Change a service; only what is given changes");
        service.MapDelete("", DeleteAsync).WithFacts("removeService", Need.GridUser).Refuses(422, "Another service links to it")
            .Refuses(503, "Not all of its containers are confirmed gone yet; removal goes on, and asking again waits for its end")
            .WithSummary("Remove a service; answers when its containers are gone");
        service.MapGet("/instances", InstancesAsync).WithFacts("listInstances", Need.GridUser).Produces<InstancesJson>().WithSummary("Its instances");
        service.MapGet("/instances/{id}", InstanceAsync).WithFacts("showInstance", Need.GridUser).Produces<InstanceJson>()
            .WithSummary("One instance");
    }

    private static async Task<IResult> ListAsync(string grid, HttpContext http, SnapshotReader reader, KeptAnswers kept, CancellationToken cancellationToken)
    {
        var stack = OfStack.TextOf(http);
        return await kept.GetAsync($"services of {grid}/{stack}", grid, ServiceRendering.MadeOf, async () =>
        {
            var found = await reader.GridAsync(grid, cancellationToken);
            if (stack is null)
                return Answer(await reader.WholeAsync(found, cancellationToken));
            if (stack != Service.NoStack)
                await RequireStackAsync(reader, grid, stack, cancellationToken);
            return Answer(await reader.OfStackAsync(found, stack, cancellationToken));
        }, cancellationToken);
    }

    private static async Task<IResult> CreateAsync(
        string grid, HttpContext http, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        var request = await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.ServiceRequest);
        await commands.AskGridManagerAsync(new CreateService { Grid = grid, Request = request }, cancellationToken);
        return Reply.Created(
            await RenderAsync(reader, grid, Service.NoStack, request.Name ?? "", cancellationToken), KontenaResponseJson.Wire.ServiceJson);
    }

    private static async Task<IResult> ShowAsync(
        string grid, string stack, string service, SnapshotReader reader, CancellationToken cancellationToken) =>
        Reply.Ok(await RenderAsync(reader, grid, stack, service, cancellationToken), KontenaResponseJson.Wire.ServiceJson);

    private static async Task<IResult> UpdateAsync(
        string grid, string stack, string service, HttpContext http, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        await reader.ServiceAsync(grid, stack, service, cancellationToken);
        var request = await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.ServiceRequest);
        await commands.AskGridManagerAsync(
            new UpdateService { Grid = grid, Stack = stack, Service = service, Request = request }, cancellationToken);
        return Reply.Ok(await RenderAsync(reader, grid, stack, service, cancellationToken), KontenaResponseJson.Wire.ServiceJson);
    }

    private static async Task<IResult> DeleteAsync(
        string grid, string stack, string service, Commands commands, SnapshotReader reader, ApiOptions options, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var found = await reader.GridAsync(grid, cancellationToken);
        // One that is on its way out already is waited for: a client that was told 503 asks again to see the end.
        var removed = await reader.FindServiceAsync(grid, stack, service, cancellationToken) ?? throw HttpRefusal.NotFound();
        if (removed.RemovedAt is null)
            await commands.AskGridManagerAsync(new RemoveService { Grid = grid, Stack = stack, Service = service }, cancellationToken);

        var deadline = time.GetUtcNow() + options.RemovalTimeout;
        while (await reader.FindServiceAsync(grid, stack, service, cancellationToken) is { RemovedAt: not null } left && left.Uid == removed.Uid)
        {
            if (time.GetUtcNow() >= deadline)
                throw StillThere(await reader.OfServiceAsync(found, removed, cancellationToken), removed, options);
            await Task.Delay(RemovalPoll, time, cancellationToken);
        }

        return Reply.Empty;
    }

    private static async Task<IResult> InstancesAsync(
        string grid, string stack, string service, SnapshotReader reader, CancellationToken cancellationToken)
    {
        var found = await reader.GridAsync(grid, cancellationToken);
        var wanted = await reader.ServiceAsync(grid, stack, service, cancellationToken);
        var snapshot = await reader.OfServiceAsync(found, wanted, cancellationToken);
        var instances = snapshot.Instances[Service.DocumentId(stack, service)];
        return Reply.Ok(new InstancesJson([.. instances.Select(one => InstanceRendering.Render(one, snapshot))]),
            KontenaResponseJson.Wire.InstancesJson);
    }

    private static async Task<IResult> InstanceAsync(
        string grid, string stack, string service, string id, SnapshotReader reader, CancellationToken cancellationToken)
    {
        var found = await reader.GridAsync(grid, cancellationToken);
        var wanted = await reader.ServiceAsync(grid, stack, service, cancellationToken);
        var snapshot = await reader.OfServiceAsync(found, wanted, cancellationToken);
        var instance = snapshot.Instances[Service.DocumentId(stack, service)].FirstOrDefault(one => one.Id == id)
            ?? throw new HttpRefusal(StatusCodes.Status404NotFound, body: null);
        return Reply.Ok(InstanceRendering.Render(instance, snapshot), KontenaResponseJson.Wire.InstanceJson);
    }

    public static async Task<ServiceJson> RenderAsync(
        SnapshotReader reader, string grid, string stack, string service, CancellationToken cancellationToken)
    {
        var found = await reader.GridAsync(grid, cancellationToken);
        var wanted = await reader.ServiceAsync(grid, stack, service, cancellationToken);
        return ServiceRendering.Render(wanted, await reader.OfServiceAsync(found, wanted, cancellationToken));
    }

    private static Reply Answer(GridSnapshot snapshot)
    {
        var newestFirst = snapshot.Services.OrderByDescending(service => service.CreatedAt).ThenByDescending(service => service.Uid, StringComparer.Ordinal);
        return Reply.Ok(new ServicesJson([.. newestFirst.Select(service => ServiceRendering.Render(service, snapshot))]),
            KontenaResponseJson.Wire.ServicesJson);
    }

    private static async Task RequireStackAsync(SnapshotReader reader, string grid, string stack, CancellationToken cancellationToken)
    {
        try
        {
            await reader.StackAsync(grid, stack, cancellationToken);
        }
        catch (HttpRefusal)
        {
            throw HttpRefusal.NotFound("Stack not found");
        }
    }

    private static HttpRefusal StillThere(GridSnapshot snapshot, Service service, ApiOptions options)
    {
        var nodes = snapshot.Seen.Where(one => one.IsOf(service)).Select(one => one.Observed.Node).Distinct().Order(StringComparer.Ordinal).ToList();
        var where = nodes.Count == 0 ? "" : $" on {string.Join(", ", nodes)}";
        return HttpRefusal.Away(
            $"{ServiceRendering.IdOf(service)} is marked removed, but after {options.RemovalTimeout.TotalSeconds:0} s not all of its containers{where} " +
            "are confirmed gone; removal goes on by itself, also when a node comes back later");
    }
}
