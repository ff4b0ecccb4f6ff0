using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Kontena.Hosting.Bus;
using Microsoft.Extensions.Configuration;

namespace Kontena.Hosting.DeadLetters;

/// <summary>Asks the management API (<c>Kontena:Bus:Management</c>), which also knows the queues of nodes.</summary>
internal sealed class ManagedQueueNames : IDeadLetterQueueNames, IDisposable
{
    internal const string Key = "Kontena:Bus:Management";

    private readonly HttpClient _http;
    private readonly string _virtualHost;

    public ManagedQueueNames(Uri management, BusTransport transport)
    {
        _virtualHost = BusTransport.VirtualHost(transport.RabbitMq!);
        _http = new HttpClient
        {
            BaseAddress = new Uri(management.GetLeftPart(UriPartial.Authority)),
            Timeout = TimeSpan.FromSeconds(10),
            MaxResponseContentBufferSize = 16 * 1024 * 1024,
        };
        var (user, password) = BusTransport.Login(management.UserInfo.Length > 0 ? management : transport.RabbitMq!);
        _http.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
    }

    /// <summary>The address that is set, or null.</summary>
    public static Uri? AddressIn(IConfiguration configuration)
    {
        var text = configuration[Key];
        if (string.IsNullOrWhiteSpace(text))
            return null;
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new SettingException(Key, "is not a URL", "http://user:password@host:15672");
    }

    public async Task<IReadOnlyList<string>> ListAsync(IReadOnlyList<string> also, CancellationToken cancellationToken)
    {
        using var answer = await _http.GetAsync($"/api/queues/{Uri.EscapeDataString(_virtualHost)}?columns=name", cancellationToken);
        answer.EnsureSuccessStatusCode();
        using var json = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
        return
        [
            .. json.RootElement.EnumerateArray().Select(queue => queue.GetProperty("name").GetString()!)
                .Where(queue => DeadLetterName.OriginOf(queue) is not null)
                .Order(StringComparer.Ordinal).Take(1000),
        ];
    }

    public void Dispose() => _http.Dispose();
}
