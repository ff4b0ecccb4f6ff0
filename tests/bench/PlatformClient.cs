using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Kontena.Bench;

/// <summary>The few calls of the HTTP API that the benchmarks make.</summary>
internal sealed class PlatformClient(Uri url, string token, string grid) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly HttpClient _http = new()
    {
        BaseAddress = new Uri(url, "v1/"),
        Timeout = TimeSpan.FromSeconds(60),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
    };

    public Task CreateServiceAsync(
        string name, string image, int instances, CancellationToken cancellationToken, int? waitForPort = null, double? minHealth = null, string? order = null)
    {
        var options = new JsonObject();
        if (waitForPort is { } port)
            options["wait_for_port"] = port;
        if (minHealth is { } health)
            options["min_health"] = health;
        if (order is not null)
            options["order"] = order;
        return AskAsync(HttpMethod.Post, $"grids/{grid}/services", new JsonObject
        {
            ["name"] = name,
            ["image"] = image,
            ["stateful"] = false,
            ["instances"] = instances,
            ["deploy_opts"] = options,
        }, cancellationToken);
    }

    /// <param name="force">New containers though nothing has changed.</param>
    public Task DeployAsync(string name, CancellationToken cancellationToken, bool force = false) =>
        AskAsync(HttpMethod.Post, $"services/{grid}/null/{name}/deploy", force ? new JsonObject { ["force"] = true } : [], cancellationToken);

    /// <summary>Until the deploy has ended, which must be well.</summary>
    public async Task DeployAndWaitAsync(string name, bool force, TimeProvider time, CancellationToken cancellationToken)
    {
        var deploy = await AskAsync(HttpMethod.Post, $"services/{grid}/null/{name}/deploy", force ? new JsonObject { ["force"] = true } : [], cancellationToken);
        var begun = time.GetTimestamp();
        while (true)
        {
            if (time.GetElapsedTime(begun) > Limit)
                throw new TimeoutException($"the deploy of {name} has not ended after {Limit.TotalMinutes:0} minutes");
            var now = await AskAsync(HttpMethod.Get, $"services/{grid}/null/{name}/deploys/{deploy!["id"]}", null, cancellationToken);
            if (now!["state"]!.GetValue<string>() is var state && state == "success")
                return;
            if (state == "error")
                throw new InvalidOperationException($"the deploy of {name} failed: {now["reason"]}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancellationToken);
        }
    }

    public Task ScaleAsync(string name, int instances, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Post, $"services/{grid}/null/{name}/scale", new JsonObject { ["instances"] = instances }, cancellationToken);

    /// <param name="availability"><c>active</c> or <c>drain</c>.</param>
    public Task SetAvailabilityAsync(string node, string availability, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Put, $"nodes/{grid}/{node}", new JsonObject { ["availability"] = availability }, cancellationToken);

    public Task RemoveAsync(string name, CancellationToken cancellationToken) =>
        AskAsync(HttpMethod.Delete, $"services/{grid}/null/{name}", null, cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<JsonNode?> AskAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        using var response = await _http.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"{method} {path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }
}
