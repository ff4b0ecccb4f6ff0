using System.Text.Json;
using System.Text.Json.Nodes;
using Kontena.Contracts.Identity;
using Kontena.Contracts.Messaging;
using Kontena.Hosting.PublicBus;
using Kontena.State;
using Kontena.State.Documents;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Names = Kontena.Contracts.Identity.Integrations;

namespace Kontena.Api.PublicBus;

/// <summary>Takes commands of integrations: finds out whose they are, and has the HTTP pipeline carry them out, so that no rule is written twice.</summary>
internal sealed class CommandDesk(
    OperationTable operations, PipelineTap tap, IServiceScopeFactory scopes, IHttpContextAccessor requests, IStateStore store, TimeProvider time, ILogger<CommandDesk> logger)
{
    /// <summary>The longest that an operation waits by itself is a removal, with the command before it.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(40);

    private const int LongestQueue = 255;

    /// <summary>Characters of the reason to lay a command aside. It travels in a header, and the broker ends the connection over headers that fill more than a frame.</summary>
    private const int LongestReason = 2_000;
    private const string StreamRefusal = "is a stream, which an answer can't be; ask for pages (limit, from, since), take events from kontena.events, or use HTTP";

    /// <summary>Who sent it is what the broker has checked; everything in the message is only what they say.</summary>
    public async Task<PublicAnswer> AnswerAsync(PublicCommand command, CancellationToken cancellationToken)
    {
        if (Names.NameOf(command.User) is not { } name)
            return LaidAside($"user_id is {(command.User is null ? "missing" : $"'{command.User}'")}; the login of an integration is expected, as the sender has logged in");
        var prefix = Names.QueuePrefix(name);
        if (command.ReplyTo is { } queue && (!queue.StartsWith(prefix, StringComparison.Ordinal) || queue.Length == prefix.Length || queue.Length > LongestQueue))
            return LaidAside($"reply_to is '{(queue.Length > 64 ? queue[..64] + "…" : queue)}'; a queue of the integration's own, {prefix}…, is expected");

        var reply = await CarryOutAsync(name, command, cancellationToken);
        logger.LogDebug("Integration {Name} was answered {Status}", name, reply.Status);
        if (command.ReplyTo is not null)
            return new PublicAnswer(reply.ToBytes(), null);
        return reply.IsError ? LaidAside($"integration {name} gave no reply_to for this: {reply.InWords}") : new PublicAnswer(null, null);
    }

    private async Task<PublicReply> CarryOutAsync(string name, PublicCommand command, CancellationToken cancellationToken)
    {
        try
        {
            var found = await store.ListAsync(StateKeys.User, StateKeys.System, cancellationToken, StateKeys.UserEmail(Names.Email(name)));
            if (found is not [{ Value: { Integration: not null } user }, ..])
                return PublicReply.Problem(StatusCodes.Status403Forbidden, $"There is no integration {name} any more");
            if (CommandMessage.Read(command.Body, out var mistakes) is not { } message)
                return PublicReply.Invalid(command.Body.Length > CommandMessage.Limit ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status400BadRequest, mistakes);
            return await CarryOutAsync(user, message, command.IsRedelivered, cancellationToken);
        }
        catch (StateUnavailableException)
        {
            return PublicReply.Problem(StatusCodes.Status503ServiceUnavailable, "The state store can't be reached; try again in a moment");
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever a message says, it is answered: handed over again it would only fail again.
            logger.LogWarning(exception, "A command of integration {Name} failed", name);
            return PublicReply.Problem(StatusCodes.Status500InternalServerError, "Internal server error; the log of the api says more");
        }
    }

    private async Task<PublicReply> CarryOutAsync(User user, CommandMessage message, bool isRedelivered, CancellationToken cancellationToken)
    {
        var (method, path, query) = (message.Method, message.Path, message.Parameters);
        var mistakes = new JsonObject();
        if (message.Operation is { } id)
        {
            if (operations.Find(id) is not { } operation)
                return PublicReply.Problem(StatusCodes.Status404NotFound, $"There is no operation '{id}' that can be asked for here; /asyncapi.json lists them");
            method = operation.Method;
            path = operation.PathOf(message.Parameters, out query, mistakes);
            operation.RefuseUnknown(query, mistakes);
        }

        if (query.Any(one => string.Equals(one.Key, Logs.LogFilter.Follow.Name, StringComparison.OrdinalIgnoreCase)))
            mistakes.TryAdd("parameters.follow", $"parameters.follow {StreamRefusal}");
        if (mistakes.Count > 0)
            return PublicReply.Invalid(StatusCodes.Status422UnprocessableEntity, mistakes);
        if (isRedelivered && message.IdempotencyKey is null && !HttpMethods.IsGet(method!))
        {
            return PublicReply.Problem(
                StatusCodes.Status409Conflict, "The broker has handed this over before, and what became of it then is not known: look, and send it again. With an idempotency_key it would be safe to carry it out anew");
        }

        return tap.Pipeline is { } pipeline
            ? await SendAsync(pipeline, user, method!, path!, query, message, cancellationToken)
            : PublicReply.Problem(StatusCodes.Status503ServiceUnavailable, "The api is still starting; try again in a moment");
    }

    private async Task<PublicReply> SendAsync(
        RequestDelegate pipeline, User user, string method, string path, IReadOnlyList<KeyValuePair<string, string>> query, CommandMessage message,
        CancellationToken cancellationToken)
    {
        using var due = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, cancellationToken);
        await using var scope = scopes.CreateAsyncScope();
        var http = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        using var response = new InProcessResponse(http, either.Token);
        http.Features.Set(new IntegrationSender(user));
        http.Request.Protocol = "AMQP";
        http.Request.Scheme = "amqp";
        http.Request.Method = method;
        http.Request.Path = new PathString(path);
        http.Request.Query = new QueryCollection(query.GroupBy(one => one.Key, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(same => same.Key, same => new StringValues([.. same.Select(one => one.Value)]), StringComparer.OrdinalIgnoreCase));
        // By the whole of it a request with a key is known again.
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget =
            $"{path}?{string.Join('&', query.Select(one => $"{Uri.EscapeDataString(one.Key)}={Uri.EscapeDataString(one.Value)}"))}";
        http.Request.Headers.Accept = $"{Http.Problem.MediaType}, application/json";
        // What the audit log has for the program: there is no address.
        http.Request.Headers.UserAgent = Queues.PublicCommands;
        if (message.IdempotencyKey is { } key)
            http.Request.Headers[Http.IdempotencyKeys.Header] = key;
        if (message.Body is { } body)
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes(body, Contracts.Http.KontenaResponseJson.Wire.JsonElement);
            http.Request.Body = new MemoryStream(bytes, writable: false);
            http.Request.ContentLength = bytes.Length;
            http.Request.ContentType = "application/json";
        }

        // Whoever asks other services for something finds here who it is for.
        requests.HttpContext = http;
        try
        {
            await pipeline(http);
            await response.BeginAsync();
        }
        finally
        {
            requests.HttpContext = null;
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (due.IsCancellationRequested)
            return PublicReply.Problem(StatusCodes.Status504GatewayTimeout, $"There was no answer within {Longest.TotalSeconds:0} s; whether it still takes effect is unknown");
        if (response.IsBroken)
            return PublicReply.Problem(StatusCodes.Status500InternalServerError, "The answer broke off; the log of the api says why. What was asked for may have taken effect");
        return response.IsTooLong
            ? PublicReply.Problem(StatusCodes.Status422UnprocessableEntity, $"The answer has more than {InProcessResponse.Limit / 1024 / 1024} MB; ask for less of it (limit, from, since), or over HTTP")
            : PublicReply.Of(http.Response.StatusCode, response.Bytes);
    }

    private PublicAnswer LaidAside(string why)
    {
        var shown = why.Length > LongestReason ? why[..LongestReason] + "…" : why;
        logger.LogDebug("A command was laid aside: {Why}", shown);
        return new PublicAnswer(null, shown);
    }
}
