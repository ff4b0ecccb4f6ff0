using System.Net.Http.Headers;
using Kontena.Docker;
using Kontena.Hosting;
using Kontena.Testing.Docker;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Kontena.Standalone.Tests.Commands.Call;

namespace Kontena.Standalone.Tests.Commands;

/// <summary>The whole platform in this process, as its program puts it together, over a Docker Engine in memory; with what people have in theirs: in grid <c>main</c> the node
/// <c>core-01</c> and the stack <c>shop</c>, deployed, and a grid <c>yard</c> for nodes that never come.</summary>
public sealed class RunningStandalone : IAsyncLifetime
{
    internal const string Token = "the-token-of-the-test";
    private readonly string _directory = Directory.CreateTempSubdirectory("kontena-standalone-").FullName;
    private readonly FakeContainerEngine _engine = new();
    private WebApplication? _application;

    internal Uri Address { get; private set; } = new("http://127.0.0.1/");

    internal HttpClient Anonymous { get; private set; } = null!;

    /// <summary>With the administrator's token.</summary>
    internal HttpClient Http { get; private set; } = null!;

    private string Secrets => Path.Combine("/dev/shm", Path.GetFileName(_directory));

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "admin.token"), Token, TestContext.Current.CancellationToken);
        var builder = KontenaApplicationBuilder.Create("standalone", []);
        foreach (var (key, value) in Settings())
            builder.Configuration[key] = value;
        builder.Services.AddSingleton<IContainerEngine>(_engine);
        Parts.Add(builder);
        _application = builder.Build();
        await _application.StartAsync(TestContext.Current.CancellationToken);

        Address = new Uri(_application.Urls.First());
        Anonymous = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(30) };
        Http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(30) };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        await FurnishAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Anonymous?.Dispose();
        Http?.Dispose();
        if (_application is not null)
        {
            await _application.StopAsync();
            await _application.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
        if (Directory.Exists(Secrets))
            Directory.Delete(Secrets, recursive: true);
    }

    /// <summary>Nothing of the host is looked after, and how full its disk is says nothing.</summary>
    private IEnumerable<(string Key, string Value)> Settings() =>
    [
        ("Kontena:DataDirectory", _directory),
        ("Kontena:Http:Urls", "http://127.0.0.1:0"),
        ("Kontena:Log:Level", "Fatal"),
        ("Kontena:Grid:Name", "main"),
        ("Kontena:Users:InitialAdminCode", "the-first-code-of-the-test"),
        ("Kontena:Agent:Name", "core-01"),
        ("Kontena:Agent:PublicIp", "203.0.113.5"),
        ("Kontena:Agent:PrivateIp", "10.0.1.5"),
        ("Kontena:Agent:Overlay", "off"),
        ("Kontena:Agent:Names", "off"),
        ("Kontena:Agent:Housekeeping", "off"),
        ("Kontena:Agent:DiskHigh", "99"),
        ("Kontena:Agent:SecretsDirectory", Secrets),
    ];

    private async Task FurnishAsync()
    {
        var run = new SequenceRun(this);
        await run.SendAsync(Get("nodes/main/core-01", until: "status=online"));
        await run.SendAsync(Post("grids", """{"name":"yard","initial_size":1}""", 201));
        await run.SendAsync(Post("grids/main/stacks", StackDocuments.Shop, 201));
        foreach (var call in StackDocuments.Deployed("shop"))
            await run.SendAsync(call);
        _engine.Write("shop.web-1", "listening on :80");
        await run.SendAsync(Get("containers/main/core-01/shop.web-1/logs", until: "logs[0].id"));
    }
}
