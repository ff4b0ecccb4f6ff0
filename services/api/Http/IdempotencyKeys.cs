using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Kontena.Api.Auth;
using Kontena.Contracts.Identity;
using Kontena.Contracts.Requests;
using Kontena.Core.Ids;
using Microsoft.AspNetCore.Http.Features;

namespace Kontena.Api.Http;

/// <summary>
/// A POST with an <c>Idempotency-Key</c> is carried out once: whoever sends it again within a day, to any api process, gets the first answer (draft-ietf-httpapi-idempotency-key-header).
/// Answers of 5xx are not kept: whoever hears one tries again.
/// </summary>
internal sealed class IdempotencyKeys(RequestDelegate next, Commands commands, TimeProvider time, ILogger<ErrorShapes> shapes, ILogger<IdempotencyKeys> logger)
{
    public const string Header = "Idempotency-Key";
    public const string ReplayedHeader = "Idempotency-Replayed";
    public const int LongestKey = 255;

    /// <summary>What a refusal becomes is part of the answer that is kept.</summary>
    private readonly ErrorShapes _shaped = new(next, shapes);

    public async Task InvokeAsync(HttpContext http)
    {
        if (!HttpMethods.IsPost(http.Request.Method) || http.Request.Headers[Header] is not { Count: > 0 } given
            || http.GetEndpoint() is not RouteEndpoint endpoint || http.Features.Get<SignedIn>() is not { } who)
        {
            await next(http);
            return;
        }

        if (endpoint.Metadata.GetMetadata<RouteFacts>() is { ShowsOnce: true })
            throw Refused(StatusCodes.Status400BadRequest, "is not taken here: the answer shows a secret once, and it is kept nowhere");
        var key = KeyOf(given) ?? throw Refused(StatusCodes.Status400BadRequest, $"must be one value of 1 to {LongestKey} printable ASCII characters, such as a UUID");
        var begin = await BeginOf(http, key, who.User);
        var begun = await commands.AskGridManagerAsync<BeginKeyedRequest, KeyedRequestBegun>(begin, http.RequestAborted);
        switch (begun.Standing)
        {
            case KeyedRequestStanding.Begun:
                await CarryOutAsync(http, begin);
                break;
            case KeyedRequestStanding.Answered when begun.Answer is { } answer:
                http.Response.Headers[ReplayedHeader] = "true";
                await WriteAsync(http, begun.Status ?? StatusCodes.Status200OK, answer.ContentType, Encoding.UTF8.GetBytes(answer.Body ?? ""));
                break;
            case KeyedRequestStanding.Answered:
                throw Refused(StatusCodes.Status409Conflict, $"has been used: the request was answered with status {begun.Status}, and the answer is not kept: it was too long, or has the value of a secret in it. Look at what it made");
            case KeyedRequestStanding.Running:
                http.Response.Headers.RetryAfter = "1";
                throw Refused(StatusCodes.Status409Conflict, "is in use: the request with it is being carried out at this moment. Send it again in a second for its answer");
            case KeyedRequestStanding.Lost:
                throw Refused(StatusCodes.Status409Conflict, "has been used, and whether that request took effect is unknown: nobody was left to say how it ended. Look, and send what is still wanted with another key");
            case KeyedRequestStanding.Different:
                throw Refused(StatusCodes.Status422UnprocessableEntity, "has been used for another request: its path or body was another");
            case KeyedRequestStanding.NoUser:
                throw new HttpRefusal(StatusCodes.Status403Forbidden, new JsonObject { ["error"] = "invalid_token", ["error_description"] = "Invalid token" });
            default:
                throw Refused(StatusCodes.Status429TooManyRequests, "can't be kept: as many have been used within a day as are kept for one user. Go on without");
        }
    }

    private async Task CarryOutAsync(HttpContext http, BeginKeyedRequest begun)
    {
        var stream = http.Response.Body;
        using var answer = new MemoryStream();
        http.Response.Body = answer;
        var whole = false;
        try
        {
            await _shaped.InvokeAsync(http);
            whole = !http.RequestAborted.IsCancellationRequested || answer.Length > 0;
        }
        finally
        {
            http.Response.Body = stream;
            // Also for a client that has gone: it is the one that will ask again.
            if (whole)
                await EndAsync(http, begun, answer);
        }

        http.Response.ContentLength = answer.Length;
        await stream.WriteAsync(answer.GetBuffer().AsMemory(0, (int)answer.Length), http.RequestAborted);
    }

    private async Task EndAsync(HttpContext http, BeginKeyedRequest begun, MemoryStream answer)
    {
        var status = http.Response.StatusCode;
        var hasSecret = status < StatusCodes.Status400BadRequest && http.GetEndpoint()?.Metadata.GetMetadata<RouteFacts>() is { HasSecret: true };
        var body = answer.Length <= KeyedAnswer.LongestBody && !hasSecret ? Encoding.UTF8.GetString(answer.GetBuffer(), 0, (int)answer.Length) : null;
        try
        {
            await commands.AskGridManagerAsync(new EndKeyedRequest
            {
                Id = begun.Id, Attempt = begun.Attempt, Status = status < 500 ? status : null, ContentType = http.Response.ContentType, Body = body,
            }, CancellationToken.None);
        }
        catch (HttpRefusal refusal)
        {
            logger.LogWarning("The answer {Status} to {Path} could not be kept for its Idempotency-Key, and will be said to be unknown: {Reason}",
                status, ErrorShapes.Shown(http.Request.Path), refusal.Message);
        }
    }

    private async Task<BeginKeyedRequest> BeginOf(HttpContext http, string key, User user)
    {
        var body = await RequestBody.ReadBytesAsync(http);
        http.Request.Body = new MemoryStream(body.ToArray(), writable: false);
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(key));
        hash.AppendData(Encoding.UTF8.GetBytes($"{http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget}\n"));
        hash.AppendData(body.Span);
        var owner = KeyedRequest.OwnerOf(user.Id);
        return new BeginKeyedRequest
        {
            Id = TokenHash.Of($"{owner}\n{key}"), Owner = owner, UserId = user.Id, Fingerprint = Convert.ToHexStringLower(hash.GetHashAndReset()), Attempt = ObjectId.New(time),
        };
    }

    /// <summary>As the draft has it, a string in quotes; most clients leave them out.</summary>
    private static string? KeyOf(Microsoft.Extensions.Primitives.StringValues given)
    {
        if (given is not [{ } text])
            return null;
        var key = text is ['"', .. var inner, '"'] ? inner : text;
        return IsKey(key) ? key : null;
    }

    public static bool IsKey(string key) => key.Length is > 0 and <= LongestKey && key.All(c => c is >= ' ' and <= '~') && !string.IsNullOrWhiteSpace(key);

    private static async Task WriteAsync(HttpContext http, int status, string? contentType, byte[] body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    private static HttpRefusal Refused(int status, string why) => new(status, new JsonObject { ["error"] = new JsonObject { [Header] = $"{Header} {why}" } });
}
