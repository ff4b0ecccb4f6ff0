using Kontena.Api.Http;
using Kontena.Api.PublicBus;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.Api.Auth;

/// <summary>Whether whoever opened a stream may still have it: the token, its user and what the route needs are looked at again while it is open.</summary>
internal sealed class Standing(SignIns signIns, IStateStore store, TimeProvider time)
{
    /// <summary>With <see cref="SignIns.Freshness"/> still under a second.</summary>
    public static readonly TimeSpan Look = TimeSpan.FromMilliseconds(400);

    /// <summary>A store that is away says nothing: what is open stays open.</summary>
    public async Task<bool> HoldsAsync(HttpContext http, CancellationToken cancellationToken)
    {
        try
        {
            if (http.Features.Get<IntegrationSender>() is { } sender)
                return (await store.GetAsync(StateKeys.User, StateKeys.System, sender.User.Id, cancellationToken))?.Value is { } user && NeedCheck.IsMet(http, user);
            return TokenCheck.TokenOf(http) is { } token
                && await signIns.FindAsync(token, cancellationToken) is { } who
                && !who.IsExpired(time.GetUtcNow())
                && NeedCheck.IsMet(http, who.User);
        }
        catch (StateUnavailableException)
        {
            return true;
        }
    }

    /// <summary>Ends when it is lost, after saying so once, or with <paramref name="cancellationToken"/>.</summary>
    public async Task WatchAsync(HttpContext http, Action lost, CancellationToken cancellationToken)
    {
        do
            await Task.Delay(Look, time, cancellationToken);
        while (await HoldsAsync(http, cancellationToken));
        lost();
    }
}
