using System.Text.Json.Nodes;
using Kontena.Hosting.Bus;
using Kontena.State;

namespace Kontena.Api.Http;

/// <summary>The outermost step: whatever goes wrong inside becomes a status and a body that clients can read (rest-api.md §1.4, §2). No stack trace leaves here.</summary>
internal sealed class ErrorShapes(RequestDelegate next, ILogger<ErrorShapes> logger)
{
    /// <summary>First path segments whose unknown sub-paths answer as JSON; others as HTML, as the original did.</summary>
    private static readonly string[] ResourceGroups =
    [
        "/v1/grids", "/v1/nodes", "/v1/stacks", "/v1/services", "/v1/containers", "/v1/volumes", "/v1/user", "/v1/users", "/v1/config", "/v1/audit_logs",
        "/v1/etcd", "/v1/external_registries", "/v1/secrets", "/v1/certificates", "/v1/domain_authorizations", "/v1/ping", "/v1/auth", "/v1/admin", "/v1/integrations", "/oauth2",
    ];

    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await next(http);
            // A body that is held back, to be kept, has been written although nothing has started.
            if (!http.Response.HasStarted && http.Response.ContentLength is null && http.Response.Body is not { CanSeek: true, Length: > 0 }
                && http.Response.StatusCode is StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed)
                await NotFoundAsync(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; nobody reads an answer.
        }
        catch (Exception exception)
        {
            if (http.Response.HasStarted)
            {
                logger.LogWarning(exception, "{Method} {Path} broke off after its answer had begun", http.Request.Method, Shown(http.Request.Path));
                http.Abort();
                return;
            }

            await AnswerAsync(http, exception);
        }
    }

    /// <summary>A path as a log may have it: one end point takes a token for its last segment.</summary>
    internal static string Shown(PathString path) => path.StartsWithSegments("/oauth2/tokens", out var rest) && rest.HasValue ? "/oauth2/tokens/…" : path.Value ?? "/";

    private async Task AnswerAsync(HttpContext http, Exception exception)
    {
        var (status, body) = exception switch
        {
            HttpRefusal refusal => (refusal.Status, refusal.Body),
            BadHttpRequestException bad => (bad.StatusCode, Error(bad.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? RequestBody.TooLarge : "The request could not be read")),
            StateUnavailableException => (503, Error("The state store can't be reached; try again in a moment")),
            TimeoutException timeout => (503, Error($"{timeout.Message}; try again in a moment")),
            BusFaultException fault when fault.IsCausedBy<StateUnavailableException>() || fault.IsCausedBy<StateConflictException>() =>
                (503, Error($"{fault.Message}; try again in a moment")),
            BusFaultException fault => (500, Error($"The command failed in the service that carries it out: {fault.Message}")),
            _ => (500, new JsonObject { ["message"] = "Internal server error", ["error"] = "Internal server error; the log of the api says more" }),
        };
        if (exception is HttpRefusal)
            logger.LogDebug("{Method} {Path} answered {Status}: {Body}", http.Request.Method, Shown(http.Request.Path), status, exception.Message);
        else if (status >= 500)
            logger.LogWarning(exception, "{Method} {Path} answered {Status}", http.Request.Method, Shown(http.Request.Path), status);

        http.Response.Headers.Remove("Allow");
        if (body is not null || Problem.IsWantedBy(http))
            await Reply.WriteAsync(http, status, body ?? new JsonObject());
        else
        {
            http.Response.StatusCode = status;
            http.Response.ContentType = "application/json";
            http.Response.ContentLength = 0;
        }
    }

    /// <summary>Unknown paths and wrong verbs alike: 404 without a body, never 405.</summary>
    private static Task NotFoundAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        http.Response.Headers.Remove("Allow");
        if (Problem.IsWantedBy(http))
            return Reply.WriteAsync(http, StatusCodes.Status404NotFound, new JsonObject());
        http.Response.ContentType = IsInGroup(http.Request.Path) ? "application/json" : "text/html";
        http.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    private static bool IsInGroup(PathString path) =>
        ResourceGroups.Any(group => path.StartsWithSegments(group, StringComparison.Ordinal));

    private static JsonObject Error(string text) => new() { ["error"] = text };
}
