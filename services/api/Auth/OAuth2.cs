using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Kontena.Api.Http;

namespace Kontena.Api.Auth;

/// <summary>How OAuth2 end points read and refuse (rest-api.md §1.5, §5.1): JSON or a form, and errors as a code with a sentence.</summary>
internal static class OAuth2
{
    private const int MostFields = 32;
    private const string FormType = "application/x-www-form-urlencoded";

    public static HttpRefusal Refusal(int status, string error, string? description) =>
        new(status, new JsonObject { ["error"] = error, ["error_description"] = description });

    public static HttpRefusal Invalid(string? description) => Refusal(StatusCodes.Status400BadRequest, "invalid_request", description);

    /// <summary>As the original says it (rest-api.md §1.7), and when to try again.</summary>
    public static HttpRefusal TooMany(HttpContext http)
    {
        http.Response.Headers.RetryAfter = $"{AddressWindows.Window.TotalSeconds:0}";
        return new HttpRefusal(StatusCodes.Status429TooManyRequests, "too_many_requests");
    }

    /// <summary>What another service refused, in the words of OAuth2.</summary>
    public static HttpRefusal InvalidAs(HttpRefusal refused) =>
        Invalid(refused.Body?["error"] is { } error ? string.Join("; ", Problem.Sentences(error)) : null);

    /// <summary>Texts and numbers of the body by name; what is blank counts as not there.</summary>
    public static async Task<T> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> json)
        where T : class
    {
        var fields = http.Request.HasFormContentType && http.Request.ContentType!.StartsWith(FormType, StringComparison.OrdinalIgnoreCase) ? await FormAsync(http) : await BodyAsync(http);
        if (fields.Count == 0)
            throw Invalid("The body has no parameters: send JSON or a form");
        return fields.Deserialize(json) ?? throw Invalid("The body has no parameters: send JSON or a form");
    }

    private static async Task<JsonObject> BodyAsync(HttpContext http)
    {
        JsonDocument document;
        try
        {
            document = await RequestBody.ParseAsync(http);
        }
        catch (HttpRefusal refused) when (refused.Status == StatusCodes.Status400BadRequest)
        {
            throw Invalid("The body is neither JSON nor a form");
        }

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw Invalid("The body is no JSON object");
            return Fields(document.RootElement.EnumerateObject().Take(MostFields).Select(one => (one.Name, one.Value.ValueKind switch
            {
                JsonValueKind.String => one.Value.GetString(),
                JsonValueKind.Number => one.Value.GetRawText(),
                _ => null,
            })));
        }
    }

    private static async Task<JsonObject> FormAsync(HttpContext http)
    {
        try
        {
            var form = await http.Request.ReadFormAsync(
                new Microsoft.AspNetCore.Http.Features.FormOptions { ValueCountLimit = MostFields, ValueLengthLimit = 8192, KeyLengthLimit = 128 }, http.RequestAborted);
            return Fields(form.Select(one => (one.Key, (string?)one.Value[0])));
        }
        catch (InvalidDataException)
        {
            throw Invalid($"The form can't be read, or has more than {MostFields} fields");
        }
    }

    private static JsonObject Fields(IEnumerable<(string Name, string? Text)> fields)
    {
        var result = new JsonObject();
        foreach (var (name, text) in fields)
        {
            if (!string.IsNullOrWhiteSpace(text))
                result[name] = text.Trim();
        }

        return result;
    }
}
