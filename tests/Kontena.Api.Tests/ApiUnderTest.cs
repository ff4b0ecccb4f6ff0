using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kontena.Api.Exec;
using Kontena.Contracts.Identity;
using Kontena.Core.Messaging;
using Kontena.Hosting.Bus;
using Kontena.Hosting.DeadLetters;
using Kontena.State;
using Kontena.State.Documents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kontena.Api.Tests;

/// <summary>The api on a real port, over the embedded store and a scripted bus.</summary>
internal sealed class ApiUnderTest : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly string _directory;

    private ApiUnderTest(WebApplication application, ScriptedBus bus, string directory)
    {
        (_application, Bus, _directory) = (application, bus, directory);
        Address = new Uri(application.Urls.First());
        Token = File.ReadAllText(Path.Combine(directory, "admin.token")).Trim();
        Anonymous = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(30) };
        Http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(30) };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
    }

    public ScriptedBus Bus { get; }

    public Uri Address { get; }

    public string Token { get; }

    /// <summary>With the administrator's token.</summary>
    public HttpClient Http { get; }

    public HttpClient Anonymous { get; }

    public IServiceProvider Services => _application.Services;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<ApiUnderTest> StartAsync(Func<ApiOptions, ApiOptions>? configure = null)
    {
        var directory = Directory.CreateTempSubdirectory("kontena-api-").FullName;
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration["Kontena:DataDirectory"] = directory;
        await File.WriteAllTextAsync(Path.Combine(directory, "admin.token"), "the-token-of-the-test\n", Cancellation);
        var bus = new ScriptedBus();
        builder.Services.AddSingleton<IControlBus>(bus).AddSingleton<IDataBus>(bus).AddSingleton<IMessageSender>(bus);
        builder.Services.AddSingleton<IDeadLetters, NoDeadLetters>();
        builder.Services.AddKontenaState(builder.Configuration);
        var options = ApiOptions.From(builder.Configuration);
        ApiModule.AddServices(builder.Services, configure?.Invoke(options) ?? options, new ExecProcess("test"));
        var application = builder.Build();
        application.UseRouting();
        ApiModule.UseApi(application);
        ApiModule.MapApi(application);
        await application.StartAsync(Cancellation);
        return new ApiUnderTest(application, bus, directory);
    }

    /// <summary>As its owner would write it.</summary>
    public Task PutAsync<T>(DocumentKind<T> kind, string partition, params T[] documents)
    {
        var batch = new CommitBatch(partition);
        foreach (var document in documents)
            batch.Put(kind, document, CommitBatch.AnyVersion);
        return Services.GetRequiredService<IStateStore>().CommitAsync(batch, Cancellation);
    }

    /// <summary>A client with a token of a user, who is put if not there.</summary>
    public async Task<HttpClient> ClientOfAsync(User user, string token, Func<AccessToken, AccessToken>? change = null)
    {
        if (user != User.Administrator)
            await PutAsync(StateKeys.User, StateKeys.System, user);
        var kept = Some.Token(user, token);
        await PutAsync(StateKeys.AccessToken, StateKeys.System, change?.Invoke(kept) ?? kept);
        return ClientWith(token);
    }

    public HttpClient ClientWith(string token)
    {
        var client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(30) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public Task DeleteAsync<T>(DocumentKind<T> kind, string partition, string id) =>
        Services.GetRequiredService<IStateStore>().CommitAsync(new CommitBatch(partition).Delete(kind, id, CommitBatch.AnyVersion), Cancellation);

    /// <summary>A grid with one node, one stack and its service with two instances: what most tests start from.</summary>
    public async Task SeedAsync()
    {
        await PutAsync(StateKeys.Grid, StateKeys.System, Some.Grid());
        await PutAsync(StateKeys.Node, "main", Some.Node());
        await PutAsync(StateKeys.NodeLiveness, "main", Some.Liveness());
        await PutAsync(StateKeys.Stack, "main", Some.Stack());
        await PutAsync(StateKeys.Service, "main", Some.Service());
        await PutAsync(StateKeys.Instance, "main", Some.Instance(1), Some.Instance(2));
        await PutAsync(StateKeys.Observed, "main", Some.Observed(1), Some.Observed(2));
    }

    public async Task<Answer> SendAsync(HttpMethod method, string path, object? body = null, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var response = await (client ?? Http).SendAsync(request, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        return new Answer((int)response.StatusCode, response.ReasonPhrase ?? "", text, response.Content.Headers.ContentType?.MediaType,
            response.Headers.TryGetValues("X-Kontena-Version", out var version) ? version.Single() : null,
            response.Headers.WwwAuthenticate.ToString());
    }

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Answer> PostAsync(string path, object? body = null) => SendAsync(HttpMethod.Post, path, body);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Anonymous.Dispose();
        await _application.StopAsync();
        await _application.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}

/// <summary>A broker on which everything was worked off.</summary>
internal sealed class NoDeadLetters : IDeadLetters
{
    public Task<IReadOnlyList<DeadLetterQueue>> ListAsync(int letters, IReadOnlyList<string> also, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DeadLetterQueue>>([]);

    public Task<ReplayResult?> ReplayAsync(string queue, int limit, CancellationToken cancellationToken) => Task.FromResult<ReplayResult?>(null);
}

/// <summary>One api, seeded, for tests that only read.</summary>
public sealed class SeededApi : IAsyncLifetime
{
    internal ApiUnderTest Api { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Api = await ApiUnderTest.StartAsync();
        await Api.SeedAsync();
    }

    public ValueTask DisposeAsync() => Api.DisposeAsync();
}

/// <summary>What came back.</summary>
internal sealed record Answer(int Status, string Reason, string Text, string? ContentType, string? Version, string WwwAuthenticate)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public string Error => Json["error"]!.ToJsonString();

    /// <summary>Keys in the order written.</summary>
    public string Keys => KeysOf(Json);

    public static string KeysOf(JsonNode? node) => string.Join(' ', node!.AsObject().Select(member => member.Key));
}
