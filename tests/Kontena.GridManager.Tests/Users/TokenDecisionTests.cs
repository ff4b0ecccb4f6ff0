using Kontena.Contracts.Commands;
using Kontena.Contracts.Identity;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Users;
using Kontena.State;
using Kontena.State.Documents;
using Xunit;

namespace Kontena.GridManager.Tests.Users;

public sealed class TokenDecisionTests
{
    private const string Dev = "00000000000000000000dead";
    private static readonly NewToken Fresh = new("hash", "1234", "refresh", "5678");

    internal static AccessToken Token(string user, DateTimeOffset? expiresAt = null) => new()
    {
        Id = Some.NewId(), UserId = user, TokenHash = "old", LastFour = "0000", Scopes = ["user"], Description = "laptop",
        ExpiresAt = expiresAt, RefreshHash = expiresAt is null ? null : "old-refresh", CreatedAt = Some.Day,
    };

    internal static AuthorizationCode Code(string user, DateTimeOffset? expiresAt = null) => new()
    {
        Id = Some.NewId(), UserId = user, CodeHash = "code", Scopes = ["user", "owner"], ExpiresAt = expiresAt, RedeemBefore = Some.Now.AddHours(1), CreatedAt = Some.Day,
    };

    private static UserSnapshot Of(params object[] documents) => new()
    {
        Users = [new(new User { Id = Dev, Email = "dev@example.org", CreatedAt = Some.Day, UpdatedAt = Some.Day }, 1)],
        Tokens = [.. documents.OfType<AccessToken>().Select(token => new Versioned<AccessToken>(token, 4))],
        Codes = [.. documents.OfType<AuthorizationCode>().Select(code => new Versioned<AuthorizationCode>(code, 5))],
    };

    private static CreateToken Wanted(long? expiresIn = 60) => new() { UserId = Dev, Token = Fresh, Scopes = ["user"], ExpiresIn = expiresIn };

    [Fact]
    public void A_token_that_expires_can_be_renewed_and_one_that_does_not_can_not()
    {
        var expiring = Assert.Single(TokenDecisions.Create(Of(), Wanted(), Some.Now, Some.NewId).Puts(StateKeys.AccessToken));
        Assert.Equal((Dev, "hash", "refresh", Some.Now.AddSeconds(60)), (expiring.UserId, expiring.TokenHash, expiring.RefreshHash, expiring.ExpiresAt));

        var lasting = Assert.Single(TokenDecisions.Create(Of(), Wanted(null), Some.Now, Some.NewId).Puts(StateKeys.AccessToken));
        Assert.Equal((null, null, null), (lasting.RefreshHash, lasting.RefreshLastFour, lasting.ExpiresAt));
    }

    [Fact]
    public void The_administrator_has_tokens_and_a_removed_user_has_none()
    {
        Assert.Equal("Done", TokenDecisions.Create(new UserSnapshot(), Wanted() with { UserId = User.Administrator.Id }, Some.Now, Some.NewId).Reply.Show());
        Assert.Equal("NotFound; : User not found", TokenDecisions.Create(new UserSnapshot(), Wanted(), Some.Now, Some.NewId).Reply.Show());
        Assert.Equal("NotFound; : authorization_code", TokenDecisions.Redeem(
            new UserSnapshot { Codes = Of(Code(Dev)).Codes }, new RedeemCode { CodeHash = "code", Token = Fresh }, Some.Now, Some.NewId).Reply.Show());
    }

    [Fact]
    public void An_integration_has_neither_tokens_nor_codes()
    {
        var login = new IntegrationLogin { Name = "ci", BrokerPasswordHash = "h" };
        var one = new UserSnapshot { Users = [.. Of().Users.Select(user => user with { Value = user.Value with { Integration = login } })] };

        Assert.StartsWith("Refused; user: The user is an integration", TokenDecisions.Create(one, Wanted(), Some.Now, Some.NewId).Reply.Show());
        Assert.StartsWith(
            "Refused; user: The user is an integration",
            TokenDecisions.CreateCode(one, new CreateCode { UserId = Dev, CodeHash = "code", Scopes = ["user"] }, Some.Now, Some.NewId).Reply.Show());
    }

    [Fact]
    public void Everything_wrong_with_a_token_is_said_at_once() => Assert.Equal(
        ["scope", "expires_in", "description"],
        TokenDecisions.Create(Of(), Wanted(0) with { Scopes = ["user", "master_admin"], Description = "a\nb" }, Some.Now, Some.NewId).Reply.Errors.Select(error => error.Path[0]));

    [Fact]
    public void A_code_is_exchanged_for_its_token_in_the_commit_that_ends_it()
    {
        var code = Code(Dev, Some.Now.AddDays(1));

        var decision = TokenDecisions.Redeem(Of(code), new RedeemCode { CodeHash = "code", Token = Fresh }, Some.Now, Some.NewId);

        var token = Assert.Single(decision.Puts(StateKeys.AccessToken));
        Assert.Equal((Dev, code.ExpiresAt, "hash"), (token.UserId, token.ExpiresAt, token.TokenHash));
        Assert.Equal(["user", "owner"], token.Scopes);
        Assert.Equal([$"authorization-code {code.Id} 5"], decision.Deletes());
    }

    [Fact]
    public void What_a_command_has_made_already_is_its_answer()
    {
        var token = Token(Dev, Some.Now.AddDays(-31)) with { TokenHash = "hash" };
        var code = Code(Dev);
        // The code, and the token that is renewed, went with the commit that nobody knew of.
        var after = Of(token, code);

        AssertMade(token.Id, TokenDecisions.Create(after, Wanted(), Some.Now, Some.NewId));
        AssertMade(token.Id, TokenDecisions.Redeem(after, new RedeemCode { CodeHash = "gone", Token = Fresh }, Some.Now, Some.NewId));
        AssertMade(token.Id, TokenDecisions.Refresh(after, new RefreshToken { RefreshHash = "gone", Token = Fresh }, Some.Now, Some.NewId));
        AssertMade(code.Id, TokenDecisions.CreateCode(after, new CreateCode { UserId = Dev, CodeHash = "code", Scopes = ["user"] }, Some.Now, Some.NewId));

        static void AssertMade(string id, Decision<CommandResult> again) => Assert.Equal(("Done", id, true), (again.Reply.Show(), again.Reply.CreatedId, again.Batch is null));
    }

    [Fact]
    public void A_code_that_nobody_exchanged_in_time_is_worth_nothing()
    {
        string Redeem(AuthorizationCode code, string hash = "code") =>
            TokenDecisions.Redeem(Of(code), new RedeemCode { CodeHash = hash, Token = Fresh }, Some.Now, Some.NewId).Reply.Show();

        Assert.Equal("NotFound; : authorization_code", Redeem(Code(Dev) with { RedeemBefore = Some.Now }));
        Assert.Equal("NotFound; : authorization_code", Redeem(Code(Dev, expiresAt: Some.Now)));
        Assert.Equal("NotFound; : authorization_code", Redeem(Code(Dev), "other"));
        Assert.Equal("Done", Redeem(Code(Dev) with { RedeemBefore = Some.Now.AddTicks(1) }));
    }

    [Fact]
    public void An_expired_token_is_renewed_once_for_two_hours()
    {
        var old = Token(Dev, Some.Now.AddDays(-1));

        var decision = TokenDecisions.Refresh(Of(old), new RefreshToken { RefreshHash = "old-refresh", Token = Fresh }, Some.Now, Some.NewId);

        var token = Assert.Single(decision.Puts(StateKeys.AccessToken));
        Assert.Equal((Some.Now.AddSeconds(7200), "laptop", "refresh"), (token.ExpiresAt, token.Description, token.RefreshHash));
        Assert.Equal([$"access-token {old.Id} 4"], decision.Deletes());
        Assert.Equal("NotFound; : refresh_token", TokenDecisions.Refresh(
            Of(Token(Dev, Some.Now.AddDays(-30))), new RefreshToken { RefreshHash = "old-refresh", Token = Fresh }, Some.Now, Some.NewId).Reply.Show());
    }

    [Fact]
    public void What_is_spent_makes_room_and_what_is_good_does_not()
    {
        var spent = Token(Dev, Some.Now.AddDays(-31));
        var good = Enumerable.Range(0, UserRules.MostTokens - 1).Select(_ => Token(Dev)).ToList();
        Assert.Equal([$"access-token {spent.Id} 4"], TokenDecisions.Create(Of([.. good, spent]), Wanted(), Some.Now, Some.NewId).Deletes());

        var expired = Token(Dev, Some.Now.AddDays(-1));
        Assert.Equal([$"access-token {expired.Id} 4"], TokenDecisions.Create(Of([.. good, expired]), Wanted(), Some.Now, Some.NewId).Deletes());

        Assert.StartsWith("Refused; user: The user has 200 tokens", TokenDecisions.Create(Of([.. good, Token(Dev)]), Wanted(), Some.Now, Some.NewId).Reply.Show());
        Assert.StartsWith("Refused; user: The user has 50 codes", TokenDecisions.CreateCode(
            Of([.. Enumerable.Range(0, UserRules.MostCodes).Select(_ => Code(Dev))]), new CreateCode { UserId = Dev, CodeHash = "x", Scopes = ["user"] }, Some.Now, Some.NewId).Reply.Show());
    }

    [Fact]
    public void A_code_ends_after_a_day_at_the_latest()
    {
        var code = Assert.Single(TokenDecisions.CreateCode(
            Of(), new CreateCode { UserId = Dev, CodeHash = "x", Scopes = ["user"], ExpiresIn = 7200 }, Some.Now, Some.NewId).Puts(StateKeys.AuthorizationCode));

        Assert.Equal((Some.Now.AddSeconds(7200), Some.Now.AddHours(24)), (code.ExpiresAt, code.RedeemBefore));
    }
}
