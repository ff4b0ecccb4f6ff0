using System.Text.Json.Nodes;
using Kontena.Api.Auth;
using Kontena.Api.Http;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Http;
using Kontena.Contracts.Identity;

namespace Kontena.Api.Users;

/// <summary>Users, their roles, and the users of a grid (rest-api.md §6, §9.7). They are made by an invitation: <see cref="AuthorizeEndpoint"/>.</summary>
internal static class UserEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/user", (HttpContext http) => Reply.Ok(UserRendering.Render(http.SignedIn().User), KontenaResponseJson.Wire.UserJson))
            .WithFacts("showUser", Need.AnyUser).Produces<UserJson>().WithSummary("The user of the token").WithTags("users");

        var users = routes.MapGroup("/v1/users").WithTags("users");
        users.MapGet("", ListAsync).WithFacts("listUsers", Need.UserAdmin).Produces<UsersJson>().WithSummary("All users");
        users.MapDelete("/{email}", RemoveAsync).WithFacts("removeUser", Need.UserAdmin).DeniedAt("user", StatusCodes.Status400BadRequest)
            .Refuses(404, "There is no such user").Refuses(400, "It is the user of the token, or the administrator")
            .WithSummary("Remove a user with their tokens");
        users.MapPost("/{email}/roles", AddRoleAsync).WithFacts("addRole", Need.MasterAdmin).DeniedAt("current_user").Refuses(404, "There is no such user")
            .Produces<UserJson>(201).WithMetadata(new BodyOf(typeof(RoleRequest))).WithSummary("Give a role");
        users.MapDelete("/{email}/roles/{role}", RemoveRoleAsync).WithFacts("removeRole", Need.MasterAdmin).DeniedAt("current_user")
            .Refuses(404, "There is no such user").Refuses(422, "There is no such role, or the administrator would lose it")
            .Produces<UserJson>().WithSummary("Take a role");

        var members = routes.MapGroup("/v1/grids/{grid}/users").WithTags("users");
        members.MapGet("", MembersAsync).WithFacts("listGridUsers", Need.GridUser).Produces<UsersJson>().WithSummary("The users of a grid");
        members.MapPost("", AddMemberAsync).WithFacts("addGridUser", Need.GridMembersAdmin).DeniedAt("grid").Refuses(404, "There is no such user")
            .Produces<UsersJson>(201).WithMetadata(new BodyOf(typeof(GridUserRequest))).WithSummary("Make somebody a user of the grid");
        members.MapDelete("/{email}", RemoveMemberAsync).WithFacts("removeGridUser", Need.GridMembersAdmin).DeniedAt("grid")
            .Refuses(404, "There is no such user").Refuses(422, "They are no user of the grid, or the administrator, who is one of every grid")
            .Produces<UsersJson>().WithSummary("End that somebody is a user of the grid");
    }

    private static async Task<IResult> ListAsync(SnapshotReader reader, CancellationToken cancellationToken) =>
        Reply.Ok(UserRendering.Render(await reader.UsersAsync(cancellationToken)), KontenaResponseJson.Wire.UsersJson);

    private static async Task<IResult> RemoveAsync(string email, HttpContext http, Commands commands, CancellationToken cancellationToken)
    {
        if (http.SignedIn().User.IsCalled(email))
            throw new HttpRefusal(StatusCodes.Status400BadRequest, new JsonObject { ["error"] = new JsonObject { ["user"] = "Cannot remove itself" } });
        try
        {
            await commands.AskGridManagerAsync(new RemoveUser { Email = email }, cancellationToken);
        }
        catch (HttpRefusal refused) when (refused.Status == StatusCodes.Status422UnprocessableEntity)
        {
            // The one removal that is refused with another status than everything else.
            throw new HttpRefusal(StatusCodes.Status400BadRequest, refused.Body);
        }

        return Reply.Empty;
    }

    private static async Task<IResult> AddRoleAsync(
        string email, HttpContext http, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        var request = await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.RoleRequest);
        await commands.AskGridManagerAsync(new ChangeUserRole { Email = email, Role = request.Role }, cancellationToken);
        return Reply.Created(await RenderAsync(email, reader, cancellationToken), KontenaResponseJson.Wire.UserJson);
    }

    private static async Task<IResult> RemoveRoleAsync(string email, string role, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await commands.AskGridManagerAsync(new ChangeUserRole { Email = email, Role = role, Take = true }, cancellationToken);
        return Reply.Ok(await RenderAsync(email, reader, cancellationToken), KontenaResponseJson.Wire.UserJson);
    }

    private static async Task<IResult> MembersAsync(string grid, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        return Reply.Ok(await MembersOfAsync(grid, reader, cancellationToken), KontenaResponseJson.Wire.UsersJson);
    }

    private static async Task<IResult> AddMemberAsync(string grid, HttpContext http, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        var request = await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.GridUserRequest);
        await commands.AskGridManagerAsync(new ChangeGridUser { Grid = grid, Email = request.Email }, cancellationToken);
        return Reply.Created(await MembersOfAsync(grid, reader, cancellationToken), KontenaResponseJson.Wire.UsersJson);
    }

    private static async Task<IResult> RemoveMemberAsync(string grid, string email, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        await commands.AskGridManagerAsync(new ChangeGridUser { Grid = grid, Email = email, Remove = true }, cancellationToken);
        return Reply.Ok(await MembersOfAsync(grid, reader, cancellationToken), KontenaResponseJson.Wire.UsersJson);
    }

    private static async Task<UserJson> RenderAsync(string email, SnapshotReader reader, CancellationToken cancellationToken) =>
        UserRendering.Render(await reader.FindUserAsync(email, cancellationToken) ?? throw HttpRefusal.NotFound());

    private static async Task<UsersJson> MembersOfAsync(string grid, SnapshotReader reader, CancellationToken cancellationToken) =>
        UserRendering.Render(await reader.UsersOfAsync(grid, cancellationToken));
}
