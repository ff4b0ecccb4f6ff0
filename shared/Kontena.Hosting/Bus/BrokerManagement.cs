using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kontena.Hosting.Tls;
using Microsoft.Extensions.Configuration;

namespace Kontena.Hosting.Bus;

/// <summary>RabbitMQ's management API at <c>Kontena:Bus:Management</c>, with the login of its address or else of the bus.</summary>
public sealed class BrokerManagement : IDisposable
{
    public const string Key = "Kontena:Bus:Management";
    private readonly HttpClient _http;
    private readonly string _title;

    internal BrokerManagement(Uri management, BusTransport transport)
    {
        VirtualHost = BusTransport.VirtualHost(transport.RabbitMq!);
        _title = $"RabbitMQ's management API at {management.Host}:{management.Port}";
        _http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            SslOptions = { RemoteCertificateValidationCallback = transport.Trust.CallbackFor(management.Host) },
        })
        {
            BaseAddress = new Uri(management.GetLeftPart(UriPartial.Authority)),
            Timeout = TimeSpan.FromSeconds(10),
            MaxResponseContentBufferSize = 16 * 1024 * 1024,
        };
        var (user, password) = BusTransport.Login(management.UserInfo.Length > 0 ? management : transport.RabbitMq!);
        _http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
    }

    /// <summary>The bus's.</summary>
    public string VirtualHost { get; }

    /// <summary>Null when there is no broker, or its management API is not set.</summary>
    /// <exception cref="SettingException">An address can't be used.</exception>
    public static BrokerManagement? From(IConfiguration configuration)
    {
        var transport = BusTransport.From(configuration);
        return transport.InMemory || AddressIn(configuration) is not { } management ? null : new BrokerManagement(management, transport);
    }

    /// <summary>A path of escaped parts: <c>api/users/NAME</c>.</summary>
    public static string Path(params IEnumerable<string> parts) => "/api/" + string.Join('/', parts.Select(Uri.EscapeDataString));

    /// <summary>Null when it is not there.</summary>
    /// <exception cref="HttpRequestException">Also for every status that is no success.</exception>
    public async Task<JsonElement?> FindAsync(string path, CancellationToken cancellationToken)
    {
        using var answer = await _http.GetAsync(path, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return null;
        await RequireAsync(answer, path, cancellationToken);
        try
        {
            using var json = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
            return json.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw new HttpRequestException($"{_title} answered {path} with something that is no JSON; is it RabbitMQ's?");
        }
    }

    /// <summary>As <see cref="FindAsync"/>, of what must be there.</summary>
    /// <inheritdoc cref="FindAsync"/>
    public async Task<JsonElement> ListAsync(string path, CancellationToken cancellationToken) =>
        await FindAsync(path, cancellationToken) is { ValueKind: JsonValueKind.Array } list
            ? list : throw new HttpRequestException($"{_title} knows no {path}; is there a virtual host '{VirtualHost}'?");

    /// <inheritdoc cref="FindAsync"/>
    public Task PutAsync(string path, JsonObject body, CancellationToken cancellationToken) => SendAsync(HttpMethod.Put, path, body, cancellationToken);

    /// <inheritdoc cref="FindAsync"/>
    public Task PostAsync(string path, JsonObject body, CancellationToken cancellationToken) => SendAsync(HttpMethod.Post, path, body, cancellationToken);

    /// <summary>What is not there counts as deleted.</summary>
    /// <inheritdoc cref="FindAsync"/>
    public async Task DeleteAsync(string path, CancellationToken cancellationToken)
    {
        using var answer = await _http.DeleteAsync(path, cancellationToken);
        if (answer.StatusCode != HttpStatusCode.NotFound)
            await RequireAsync(answer, path, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The address that is set, or null.</summary>
    internal static Uri? AddressIn(IConfiguration configuration)
    {
        var text = configuration[Key];
        if (string.IsNullOrWhiteSpace(text))
            return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            throw new SettingException(Key, "is not a URL", "https://user:password@host:15671");
        TlsTrust.RefusePlain(configuration, Key, uri);
        return uri;
    }

    private async Task SendAsync(HttpMethod method, string path, JsonObject body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
        using var answer = await _http.SendAsync(request, cancellationToken);
        await RequireAsync(answer, path, cancellationToken);
    }

    private async Task RequireAsync(HttpResponseMessage answer, string path, CancellationToken cancellationToken)
    {
        if (answer.IsSuccessStatusCode)
            return;
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        var why = answer.StatusCode == HttpStatusCode.Unauthorized
            ? "; its login needs the tag administrator" : text.Length > 200 ? text[..200] : text;
        throw new HttpRequestException($"{_title} answered {(int)answer.StatusCode} to {path}: {why}", null, answer.StatusCode);
    }
}
