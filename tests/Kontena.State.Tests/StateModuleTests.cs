using Kontena.Core.Messaging;
using Kontena.State.Tests.Contract;
using Kontena.State.Tests.Outbox;
using Kontena.Testing.Redis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Kontena.State.Tests;

public sealed class StateModuleTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_redis_documents_go_to_the_data_directory_and_messages_to_the_bus()
    {
        var directory = Directory.CreateTempSubdirectory("kontena-module-").FullName;
        var sender = new RecordingSender();
        using (var host = Build(sender, ("Kontena:DataDirectory", directory)))
        {
            await host.StartAsync(Token);
            var store = host.Services.GetRequiredService<IStateStore>();
            await store.CommitAsync(Sample.Batch().Put(Sample.Nodes, Sample.Node("one"), 0).Send(Sample.Queue(), Sample.Fact("1")), Token);
            await Eventually.TrueAsync(() => sender.Taken.Count == 1, "the message is sent");
            Assert.Equal(HealthStatus.Healthy, (await HealthAsync(host)).Status);
            await host.StopAsync(Token);
        }

        Assert.True(File.Exists(Path.Combine(directory, "state.db")));
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Asked_twice_it_registers_once()
    {
        var directory = Directory.CreateTempSubdirectory("kontena-module-").FullName;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration["Kontena:DataDirectory"] = directory;
        builder.Services.AddSingleton<IMessageSender>(new RecordingSender());
        builder.Services.AddLogging();
        builder.Services.AddKontenaState(builder.Configuration).AddKontenaState(builder.Configuration);
        using (var host = builder.Build())
        {
            Assert.Single(host.Services.GetServices<IStateStore>());
            Assert.Equal("state", Assert.Single((await HealthAsync(host)).Entries).Key);
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task With_redis_away_the_process_starts_unready_and_recovers_by_itself()
    {
        RedisServer.SkipUnlessInstalled();
        await using var server = RedisServer.Prepare();
        var sender = new RecordingSender();
        using var host = Build(sender, ("Kontena:State:Redis", server.ConnectionString));

        await host.StartAsync(Token);
        await Eventually.TrueAsync(
            async () =>
            {
                var report = await HealthAsync(host);
                Assert.Equal(HealthStatus.Unhealthy, report.Status);
                return report.Entries["state"].Description!.Contains("nothing listens there", StringComparison.Ordinal);
            },
            "it says why");

        await server.StartAsync(Token);
        await Eventually.TrueAsync(async () => (await HealthAsync(host)).Status == HealthStatus.Healthy, "it is ready");
        await host.Services.GetRequiredService<IStateStore>().CommitAsync(Sample.Batch().Send(Sample.Queue(), Sample.Fact("1")), Token);
        await Eventually.TrueAsync(() => sender.Taken.Count == 1, "the message is sent");
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task A_store_on_another_machine_without_TLS_ends_the_start()
    {
        using var host = Build(new RecordingSender(), ("Kontena:State:Redis", "192.0.2.1:6379"));
        Assert.Contains("Kontena:Tls:AllowPlain", (await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Token))).Message, StringComparison.Ordinal);
    }

    private static IHost Build(RecordingSender sender, (string Key, string Value) setting)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration[setting.Key] = setting.Value;
        builder.Services.AddSingleton<IMessageSender>(sender);
        builder.Services.AddLogging();
        builder.Services.AddKontenaState(builder.Configuration);
        return builder.Build();
    }

    private static Task<HealthReport> HealthAsync(IHost host) =>
        host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(one => one.Tags.Contains("ready"), Token);
}
