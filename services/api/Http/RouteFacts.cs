using System.Text.Json.Nodes;

namespace Kontena.Api.Http;

/// <summary>A status an operation can refuse with, and what it means.</summary>
/// <param name="HasBody">False: nothing but the status is sent.</param>
internal sealed record Refusal(int Status, string Meaning, bool HasBody = true);

/// <summary>How an operation refuses a user who may see what it is about, but not do it. The original has several ways (rest-api.md §3.3).</summary>
/// <param name="Field">Where in <c>error</c> the sentence stands; null: it is the error.</param>
internal sealed record Denial(int Status, string? Field, string Text)
{
    public const string NotAllowed = "Operation not allowed";

    /// <summary>Of a grid, or of something that is for its administrators.</summary>
    public static readonly Denial OfGrid = new(StatusCodes.Status403Forbidden, null, "Access denied");

    public static readonly Denial Plain = new(StatusCodes.Status403Forbidden, null, NotAllowed);

    /// <summary>In the words of OAuth2.</summary>
    public static readonly Denial OAuth = new(StatusCodes.Status403Forbidden, null, "access_denied");

    public HttpRefusal Refusal => new(Status, Body);

    public JsonObject Body => this == OAuth
        ? new JsonObject { ["error"] = Text, ["error_description"] = null }
        : new JsonObject { ["error"] = Field is null ? JsonValue.Create(Text) : new JsonObject { [Field] = Text } };
}

/// <summary>What is known of an operation beside its path, its body and its success: said where it is mapped, read by whoever must know every route.</summary>
/// <param name="Operation">Its id: a verb and a noun in camelCase, unique.</param>
/// <param name="Need">What its caller needs to be.</param>
internal sealed record RouteFacts(string Operation, Need Need)
{
    /// <summary>Where the request names its grid, in words; null: in the <c>{grid}</c> of its path.</summary>
    public string? GridFrom { get; init; }

    /// <summary>Those that follow from the need or the body are not repeated here; see <see cref="AllRefusals"/>.</summary>
    public IReadOnlyList<Refusal> Refusals { get; init; } = [];

    public IReadOnlyList<QueryParameter> Query { get; init; } = [];

    /// <summary>Its answer has a secret that is shown this once.</summary>
    public bool ShowsOnce { get; init; }

    /// <summary>Its answer has the value of a secret in it: sent again with its key, it is told that it was carried out, and no more.</summary>
    public bool HasSecret { get; init; }

    /// <summary>Null: as the need has it.</summary>
    public Denial? DeniedBy { get; init; }

    /// <summary>What a user hears who may not do it.</summary>
    public Denial Denial => DeniedBy ?? (Need.IsOfGrid ? Denial.OfGrid : Denial.Plain);

    /// <summary>Everything it can refuse with, by status; several reasons for one status stand in one sentence.</summary>
    public IReadOnlyList<Refusal> AllRefusals(bool takesBody)
    {
        var all = new List<Refusal>();
        if (Need.TakesToken)
            all.Add(new Refusal(403, $"The token is missing or not valid, or its user may not do this: it takes {Need.Who}"));
        if (DeniedBy is { Status: not StatusCodes.Status403Forbidden } denial)
            all.Add(new Refusal(denial.Status, $"The token's user may not do this: it takes {Need.Who}"));
        if (Need is { TakesToken: true, IsOfGrid: true })
            all.Add(new Refusal(404, "There is no such grid, or in it nothing of the name that the path gives"));
        if (takesBody)
        {
            all.Add(new Refusal(400, "The body is not a JSON object"));
            all.Add(new Refusal(413, "The body is over 1 MB"));
            all.Add(new Refusal(422, "What is asked for is not possible; the error names the fields, each at its place"));
        }

        if (Need.TakesToken)
            all.Add(new Refusal(503, "The state store, or the service that owns the facts, does not answer; worth trying again"));
        all.AddRange(Refusals);
        return
        [
            .. all.GroupBy(one => one.Status).OrderBy(same => same.Key)
                .Select(same => new Refusal(same.Key, string.Join(". Or: ", same.Select(one => one.Meaning).Distinct()), same.Any(one => one.HasBody))),
        ];
    }
}

/// <summary>How a route says its facts.</summary>
internal static class RouteFactsWords
{
    /// <param name="operation">A verb and a noun in camelCase, unique.</param>
    /// <param name="need">What the caller needs to be.</param>
    /// <param name="gridFrom">Where the grid is named when not by <c>{grid}</c> in the path.</param>
    public static TBuilder WithFacts<TBuilder>(this TBuilder builder, string operation, Need need, string? gridFrom = null)
        where TBuilder : IEndpointConventionBuilder =>
        builder.WithMetadata(new RouteFacts(operation, need) { GridFrom = gridFrom });

    /// <summary>After <see cref="WithFacts"/>: one more status, and what it means.</summary>
    public static TBuilder Refuses<TBuilder>(this TBuilder builder, int status, string meaning, bool hasBody = true)
        where TBuilder : IEndpointConventionBuilder =>
        builder.Change(facts => facts with { Refusals = [.. facts.Refusals, new Refusal(status, meaning, hasBody)] });

    /// <summary>After <see cref="WithFacts"/>: refuses a user who may not do it in other words than most.</summary>
    public static TBuilder DeniedBy<TBuilder>(this TBuilder builder, Denial denial)
        where TBuilder : IEndpointConventionBuilder =>
        builder.Change(facts => facts with { DeniedBy = denial });

    /// <summary>The same with the sentence at a field.</summary>
    public static TBuilder DeniedAt<TBuilder>(this TBuilder builder, string field, int status = StatusCodes.Status422UnprocessableEntity)
        where TBuilder : IEndpointConventionBuilder =>
        builder.DeniedBy(new Denial(status, field, Denial.NotAllowed));

    /// <summary>After <see cref="WithFacts"/>: the query parameters that are read.</summary>
    public static TBuilder Reads<TBuilder>(this TBuilder builder, params IReadOnlyList<QueryParameter> parameters)
        where TBuilder : IEndpointConventionBuilder =>
        builder.Change(facts => facts with { Query = [.. facts.Query, .. parameters] });

    /// <summary>After <see cref="WithFacts"/>: the answer has a secret that is shown this once, so that it is not kept to be said again.</summary>
    public static TBuilder ShowsOnce<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.Change(facts => facts with { ShowsOnce = true });

    /// <summary>After <see cref="WithFacts"/>: the answer has the value of a secret, which is kept nowhere but in the vault.</summary>
    public static TBuilder HasSecret<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.Change(facts => facts with { HasSecret = true });

    private static TBuilder Change<TBuilder>(this TBuilder builder, Func<RouteFacts, RouteFacts> change)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint =>
        {
            var facts = endpoint.Metadata.OfType<RouteFacts>().LastOrDefault()
                ?? throw new InvalidOperationException($"{endpoint.DisplayName} must say WithFacts before what it refuses or reads");
            endpoint.Metadata[endpoint.Metadata.IndexOf(facts)] = change(facts);
        });
        return builder;
    }
}
