using System.Text.Json;

namespace Kontena.Api.Auth;

/// <summary>The external provider as it is configured (rest-api.md §3.6). Where requests go is said here alone: nothing of a request adds to it.</summary>
internal sealed record LoginProvider
{
    public required string ClientId { get; init; }
    public required string ClientSecret { get; init; }
    public required Uri Authorize { get; init; }
    public required Uri Token { get; init; }

    /// <summary>May have <c>:access_token</c> in it, which the token takes the place of.</summary>
    public required string UserInfo { get; init; }
    public required string Scope { get; init; }

    /// <summary>Where the provider sends the browser back to.</summary>
    public required string Callback { get; init; }
    public bool TokenByGet { get; init; }
    public bool TokenAsForm { get; init; }
    public bool TokenWithBasicAuth { get; init; }
    public bool UserInfoWithBasicAuth { get; init; }

    /// <summary>Whether the code is bound to a secret of ours (RFC 7636). A provider that knows nothing of it passes over it.</summary>
    public bool Pkce { get; init; }
    public required UserInfoPaths Paths { get; init; }

    /// <summary>Null when something is missing.</summary>
    /// <param name="config">Values as JSON by key; the secret in the clear, or null where only its being there matters.</param>
    public static LoginProvider? From(IReadOnlyDictionary<string, string?> config)
    {
        string? Text(string key) => TextOf(config, key);
        bool Is(string key) => Text(key) == "true";
        if (Text("oauth2.client_id") is not { } id || !config.TryGetValue("oauth2.client_secret", out _)
            || AddressOf(Text("oauth2.authorize_endpoint")) is not { } authorize || AddressOf(Text("oauth2.token_endpoint")) is not { } token
            || AddressOf(Text("oauth2.userinfo_endpoint")) is null || AddressOf(Text("server.root_url")) is null)
            return null;
        return new LoginProvider
        {
            ClientId = id,
            ClientSecret = Text("oauth2.client_secret") ?? "",
            Authorize = authorize,
            Token = token,
            UserInfo = Text("oauth2.userinfo_endpoint")!,
            Scope = Text("oauth2.userinfo_scope") ?? "user:email",
            Callback = $"{Text("server.root_url")!.TrimEnd('/')}/cb",
            TokenByGet = string.Equals(Text("oauth2.token_method"), "get", StringComparison.OrdinalIgnoreCase),
            TokenAsForm = Text("oauth2.token_post_content_type")?.EndsWith("x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) ?? false,
            TokenWithBasicAuth = Is("oauth2.code_requires_basic_auth"),
            UserInfoWithBasicAuth = Is("oauth2.userinfo_requires_basic_auth"),
            Pkce = Text("oauth2.pkce") != "false",
            Paths = new UserInfoPaths(
                Text("oauth2.userinfo_username_jsonpath") ?? "$..username;$..login",
                Text("oauth2.userinfo_email_jsonpath") ?? "$..email;$..emails;$..primary_email",
                Text("oauth2.userinfo_email_verified_jsonpath") ?? "$..email_verified;$..verified_email",
                Text("oauth2.userinfo_user_id_jsonpath") ?? "$..id;$..uid;$..user_id;$..sub"),
        };
    }

    /// <summary>A text, or another value as it is written; null for what is blank or not there.</summary>
    public static string? TextOf(IReadOnlyDictionary<string, string?> config, string key)
    {
        if (!config.TryGetValue(key, out var json) || json is null)
            return null;
        using var value = JsonDocument.Parse(json);
        var text = value.RootElement.ValueKind == JsonValueKind.String ? value.RootElement.GetString() : value.RootElement.GetRawText();
        return string.IsNullOrWhiteSpace(text) ? null : text;
    }

    /// <summary>Where the browser goes to log in.</summary>
    public string AuthorizeUrl(string state, string? challenge)
    {
        var fields = new List<KeyValuePair<string, string?>>
        {
            new("response_type", "code"), new("client_id", ClientId), new("scope", Scope), new("state", state), new("redirect_uri", Callback),
        };
        if (challenge is not null)
            fields.AddRange([new("code_challenge", challenge), new("code_challenge_method", "S256")]);
        return Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString(Authorize.AbsoluteUri, fields);
    }

    private static Uri? AddressOf(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps) ? address : null;
}
