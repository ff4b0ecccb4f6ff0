using System.Text.Json.Nodes;

namespace Kontena.Api.Http;

/// <summary>Ends a request with this status and this body; <see cref="ErrorShapes"/> writes it.</summary>
internal sealed class HttpRefusal : Exception
{
    public HttpRefusal(int status, string error)
        : this(status, new JsonObject { ["error"] = error })
    {
    }

    public HttpRefusal(int status, JsonObject? body)
        : base(body?.ToJsonString() ?? "")
    {
        Status = status;
        Body = body;
    }

    public int Status { get; }

    /// <summary>Null: a response without a body.</summary>
    public JsonObject? Body { get; }

    public static HttpRefusal NotFound(string error = "Not found") => new(StatusCodes.Status404NotFound, error);

    /// <summary>Something this process needs does not answer: worth trying again.</summary>
    public static HttpRefusal Away(string error) => new(StatusCodes.Status503ServiceUnavailable, error);

    public static HttpRefusal Invalid(JsonNode errors) =>
        new(StatusCodes.Status422UnprocessableEntity, new JsonObject { ["error"] = errors });

    public static HttpRefusal Invalid(string field, string message) => Invalid(new JsonObject { [field] = message });
}
