using System.Security.Cryptography;
using System.Text;

namespace Kontena.Contracts.Requests;

/// <summary>A request that came with an <c>Idempotency-Key</c>, kept so that it is carried out once however often it is sent. Written by grid-manager; good for <see cref="Life"/>.</summary>
public sealed record KeyedRequest
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(24);

    /// <summary>SHA-256 of the caller and the key, in hex: the key itself is not kept.</summary>
    public required string Id { get; init; }

    /// <summary>SHA-256 of the caller, in hex.</summary>
    public required string Owner { get; init; }

    /// <summary>HMAC-SHA-256 of path and body under the key, in hex: tells another request from the same one, and nothing of what it says.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Which sending of it is, or was, carried out.</summary>
    public required string Attempt { get; init; }
    public required DateTimeOffset BegunAt { get; init; }

    /// <summary>The status that was answered; null: there is no answer yet.</summary>
    public int? Status { get; init; }

    /// <summary>What <see cref="Owner"/> is for a user.</summary>
    public static string OwnerOf(string userId) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(userId)));
}

/// <summary>The body of the answer to a <see cref="KeyedRequest"/>, with its id. Apart, as all requests of an owner are read at once.</summary>
public sealed record KeyedAnswer
{
    /// <summary>Bytes; what is longer is not kept.</summary>
    public const int LongestBody = 16 * 1024;

    public required string Id { get; init; }
    public string? ContentType { get; init; }

    /// <summary>Text; null: it was too long.</summary>
    public string? Body { get; init; }
}

/// <summary>Asks whether a request with a key may be carried out. Answered with <see cref="KeyedRequestBegun"/>.</summary>
public sealed record BeginKeyedRequest
{
    public required string Id { get; init; }
    public required string Owner { get; init; }
    public required string Fingerprint { get; init; }

    /// <summary>Whose <see cref="Owner"/> is the hash: for one who is removed meanwhile nothing is kept any more. Null: from an api that does not say.</summary>
    public string? UserId { get; init; }

    /// <summary>Of this sending alone.</summary>
    public required string Attempt { get; init; }
}

/// <summary>Says what was answered. Answered with <see cref="Commands.CommandResult"/>.</summary>
public sealed record EndKeyedRequest
{
    public required string Id { get; init; }
    public required string Attempt { get; init; }

    /// <summary>Null: it failed in a way that is worth another try, which then is carried out.</summary>
    public int? Status { get; init; }
    public string? ContentType { get; init; }

    /// <inheritdoc cref="KeyedAnswer.Body"/>
    public string? Body { get; init; }
}

/// <param name="Standing">What is to be done.</param>
/// <param name="Status">Of the first answer.</param>
/// <param name="Answer">The first answer; null when its body was not kept: it was too long, or had the value of a secret in it.</param>
public sealed record KeyedRequestBegun(KeyedRequestStanding Standing, int? Status = null, KeyedAnswer? Answer = null);

public enum KeyedRequestStanding
{
    /// <summary>Carry it out, and say how it ended.</summary>
    Begun,

    /// <summary>It was answered before.</summary>
    Answered,

    /// <summary>It is being carried out at this moment.</summary>
    Running,

    /// <summary>It was begun and nobody said how it ended: whether it took effect is unknown.</summary>
    Lost,

    /// <summary>The key came with another path or body before.</summary>
    Different,

    /// <summary>The caller has used as many keys in a day as are kept.</summary>
    Full,

    /// <summary>The caller is no user any more. Only for whoever has said who that is.</summary>
    NoUser,
}
