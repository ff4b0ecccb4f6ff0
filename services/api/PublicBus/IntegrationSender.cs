using Kontena.Contracts.Identity;

namespace Kontena.Api.PublicBus;

/// <summary>A feature of requests that came over the queue: whose they are, as the broker has checked. Nothing that comes over HTTP can set it.</summary>
internal sealed record IntegrationSender(User User)
{
    /// <summary>What it may do with a token: no more than look. Tokens of an integration would outlive its login.</summary>
    public AccessToken Token => new()
    {
        Id = User.Id, UserId = User.Id, TokenHash = "", LastFour = "", Scopes = [], CreatedAt = User.CreatedAt,
    };
}
