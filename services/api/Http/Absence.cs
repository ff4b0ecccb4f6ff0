using Kontena.Api.Snapshots;

namespace Kontena.Api.Http;

/// <summary>Why a path of the API refuses what the original does there.</summary>
/// <param name="Status">501, except where the original has a status of its own for lacking the means.</param>
/// <param name="Error">What is not available, and what to do instead. The original client prints it after the status.</param>
internal sealed record Absence(int Status, string Error)
{
    public Absence(string error)
        : this(StatusCodes.Status501NotImplemented, error)
    {
    }

    public HttpRefusal Refusal => new(Status, Error);
}

/// <summary>Paths whose means this version lacks. They are mapped so that a client reads a sentence instead of guessing at a 404.</summary>
internal static class AbsentRoutes
{
    /// <summary>Answers <paramref name="absence"/>; for a grid that is not there, 404 as everywhere.</summary>
    public static IEndpointConventionBuilder MapAbsent(this IEndpointRouteBuilder routes, string method, string pattern, string operation, Need need, Absence absence) =>
        routes.MapMethods(pattern, [method], (HttpContext http) => RefuseAsync(http, absence)).WithFacts(operation, need).IsAbsent(absence);

    /// <summary>Marks a route that has a look of its own before it refuses.</summary>
    public static TBuilder IsAbsent<TBuilder>(this TBuilder builder, Absence absence)
        where TBuilder : IEndpointConventionBuilder =>
        builder.Refuses(absence.Status, absence.Error).WithMetadata(absence).ExcludeFromDescription();

    private static async Task RefuseAsync(HttpContext http, Absence absence)
    {
        if (http.Request.RouteValues["grid"] is string grid)
            await http.RequestServices.GetRequiredService<SnapshotReader>().GridAsync(grid, http.RequestAborted);
        throw absence.Refusal;
    }
}
