using System.Net;
using System.Net.Http.Json;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Kontena.Contracts.Http;
using Kontena.Core.Tls;

namespace Kontena.NodeAgent.Joining;

/// <summary>Why a machine could not join, in a sentence that names the remedy.</summary>
/// <param name="message">Names the remedy.</param>
/// <param name="isBusy">It may work in a moment: the master serves others, or waits for a part of it.</param>
internal sealed class JoinException(string message, bool isBusy = false) : Exception(message)
{
    public bool IsBusy { get; } = isBusy;
}

/// <summary>The master as a machine that joins sees it.</summary>
internal sealed class MasterConnection : IDisposable
{
    private const int LongestAnswer = 1024 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private readonly HttpClient _http;
    private readonly Uri _master;

    private MasterConnection(Uri master, string? caPem, TimeProvider time)
    {
        var trust = caPem is null ? CertificateTrust.OfSystem : CertificateTrust.OfPem(caPem, time);
        (_master, CaPem) = (master, caPem);
        _http = Client(master, new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = trust.CallbackFor(master.Host) } });
    }

    /// <summary>The authority that is pinned; null when the system's are trusted.</summary>
    public string? CaPem { get; }

    /// <summary>Connects to a master whose CA has this fingerprint; without one, to a master that the system trusts.</summary>
    /// <param name="master">An <c>https://</c> address; <c>http://</c> only on this machine.</param>
    /// <param name="fingerprint">SHA-256 of the CA's certificate, 64 hex digits; ':' between them is left out.</param>
    /// <param name="time">Judges certificates.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="JoinException">It can't be.</exception>
    public static async Task<MasterConnection> OpenAsync(Uri master, string? fingerprint, TimeProvider time, CancellationToken cancellationToken)
    {
        if (master.Scheme == Uri.UriSchemeHttp && !master.IsLoopback)
            throw new JoinException($"{master} would send the token in the clear; use the https:// address of the master");
        if (fingerprint is null || master.Scheme == Uri.UriSchemeHttp)
            return new MasterConnection(master, null, time);

        return new MasterConnection(master, Pinned(await FetchCaAsync(master, cancellationToken), fingerprint, master), time);
    }

    /// <summary>To the master that this machine has joined.</summary>
    /// <param name="master">Its address.</param>
    /// <param name="caPem">The authority that was pinned then; null when the system's are trusted.</param>
    /// <param name="time">Judges certificates.</param>
    public static MasterConnection To(Uri master, string? caPem, TimeProvider time) => new(master, caPem, time);

    /// <summary>The one certificate that has the fingerprint, in PEM: whatever else was sent is not believed. Pure.</summary>
    /// <exception cref="JoinException">There is none.</exception>
    internal static string Pinned(string pem, string fingerprint, Uri master)
    {
        var wanted = fingerprint.Replace(":", "", StringComparison.Ordinal).ToLowerInvariant();
        if (wanted.Length != 64 || !wanted.All(char.IsAsciiHexDigitLower))
            throw new JoinException($"'{fingerprint}' is no fingerprint; expected 64 hex digits, the SHA-256 of the CA's certificate");
        var sent = new X509Certificate2Collection();
        try
        {
            sent.ImportFromPem(pem);
        }
        catch (CryptographicException exception)
        {
            throw new JoinException($"what {master} gives as its CA is no certificate: {exception.Message}");
        }

        return sent.FirstOrDefault(one => FingerprintOf(one) == wanted)?.ExportCertificatePem() ?? throw new JoinException(
            $"the CA of {master} has the fingerprint {(sent.Count == 0 ? "of none" : FingerprintOf(sent[0]))}, not {wanted}: it is another master, or its CA was made anew; kontena node create prints a line with the right one");
    }

    private static string FingerprintOf(X509Certificate2 certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();

    /// <exception cref="JoinException">The master refused, or could not be asked.</exception>
    public async Task<EnrolJson> EnrolAsync(EnrolRequest request, CancellationToken cancellationToken)
    {
        using var answer = await AskAsync(() => _http.PostAsJsonAsync("v1/enrol", request, KontenaResponseJson.Default.EnrolRequest, cancellationToken), _master);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw new JoinException($"{_master} does not let this machine in: {Reason(text) ?? $"status {(int)answer.StatusCode}"}", answer.StatusCode == HttpStatusCode.ServiceUnavailable);
        try
        {
            return JsonSerializer.Deserialize(text, KontenaResponseJson.Default.EnrolJson) ?? throw new JsonException("it is empty");
        }
        catch (JsonException exception)
        {
            throw new JoinException($"the answer of {_master} can't be read: {exception.Message}; is it a Kontena master of this version?");
        }
    }

    /// <summary>Whether a removal of this node is written down there.</summary>
    /// <returns>Null when the master can't say: it is of an older version, or refuses the question.</returns>
    /// <exception cref="JoinException">It can't be asked.</exception>
    public async Task<RemovalJson?> AskRemovedAsync(RemovalRequest request, CancellationToken cancellationToken)
    {
        using var answer = await AskAsync(() => _http.PostAsJsonAsync("v1/enrol/removed", request, KontenaResponseJson.Default.RemovalRequest, cancellationToken), _master);
        if (!answer.IsSuccessStatusCode)
            return null;
        try
        {
            return await answer.Content.ReadFromJsonAsync(KontenaResponseJson.Default.RemovalJson, cancellationToken);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Anybody may answer here: what comes back counts only when its fingerprint is the one that was given.</summary>
    private static async Task<string> FetchCaAsync(Uri master, CancellationToken cancellationToken)
    {
#pragma warning disable CA5359 // The fingerprint is compared by the caller; nothing is sent that is secret.
        using var http = Client(master, new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = static (_, _, _, _) => true } });
#pragma warning restore CA5359
        using var answer = await AskAsync(() => http.GetAsync("v1/ca.pem", cancellationToken), master);
        return answer.StatusCode == HttpStatusCode.OK
            ? await answer.Content.ReadAsStringAsync(cancellationToken)
            : throw new JoinException($"{master} answers {(int)answer.StatusCode} when it is asked for its CA; is it a Kontena master with TLS of its own?");
    }

    private static async Task<HttpResponseMessage> AskAsync(Func<Task<HttpResponseMessage>> ask, Uri master)
    {
        try
        {
            return await ask();
        }
        catch (HttpRequestException exception) when (exception.InnerException is AuthenticationException refused)
        {
            throw new JoinException(refused.InnerException is AuthenticationException inner ? inner.Message : refused.Message);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException { InnerException: TimeoutException })
        {
            throw new JoinException($"{master} can't be reached: {exception.Message}");
        }
    }

    private static HttpClient Client(Uri master, SocketsHttpHandler handler)
    {
        handler.UseProxy = !master.IsLoopback;
        handler.AllowAutoRedirect = false;
        return new HttpClient(handler) { BaseAddress = new Uri(master.AbsoluteUri.TrimEnd('/') + "/"), Timeout = Limit, MaxResponseContentBufferSize = LongestAnswer };
    }

    /// <summary><c>{"error":{"token":"…"}}</c> or <c>{"error":"…"}</c>.</summary>
    private static string? Reason(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (!json.RootElement.TryGetProperty("error", out var error))
                return null;
            return error.ValueKind == JsonValueKind.String ? error.GetString()
                : string.Join("; ", error.EnumerateObject().Select(one => one.Value.ValueKind == JsonValueKind.String ? one.Value.GetString() : one.Value.ToString()));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
