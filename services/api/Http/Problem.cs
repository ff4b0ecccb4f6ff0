using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Kontena.Api.Http;

/// <summary>An error as problem details (RFC 9457), for clients that ask for them; all others get the original's form.</summary>
internal static class Problem
{
    public const string MediaType = "application/problem+json";

    public static bool IsWantedBy(HttpContext http) =>
        http.Request.Headers.Accept.Count > 0
        && MediaTypeHeaderValue.TryParseList(http.Request.Headers.Accept, out var accepted)
        && accepted.Any(one => one.MediaType.Equals(MediaType, StringComparison.OrdinalIgnoreCase) && one.Quality is not 0);

    /// <summary>With what the other form says as further members: <c>error</c> has the fields that are wrong, each at its place.</summary>
    /// <param name="body">The other form; null for none.</param>
    public static JsonObject Of(int status, JsonNode? body)
    {
        var problem = new JsonObject { ["type"] = "about:blank", ["title"] = ReasonPhrases.GetReasonPhrase(status), ["status"] = status };
        if (body is not JsonObject said)
            return problem;
        var detail = said["error_description"] is JsonValue sentence && sentence.TryGetValue<string>(out var text) ? text : null;
        detail ??= said["error"] is { } error ? string.Join("; ", Sentences(error)) : null;
        if (!string.IsNullOrEmpty(detail))
            problem["detail"] = detail;
        foreach (var (name, value) in said.Where(one => !problem.ContainsKey(one.Key)))
            problem[name] = value?.DeepClone();
        return problem;
    }

    /// <summary>Every text in an error, whatever field it is at.</summary>
    public static IEnumerable<string> Sentences(JsonNode error) => error switch
    {
        JsonObject fields => fields.Where(one => one.Value is not null).SelectMany(one => Sentences(one.Value!)),
        JsonArray list => list.OfType<JsonNode>().SelectMany(Sentences),
        _ => [error.GetValue<string>()],
    };
}
