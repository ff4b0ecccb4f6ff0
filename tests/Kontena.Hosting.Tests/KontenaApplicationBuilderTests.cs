using System.Net;
using System.Net.Sockets;
using Kontena.Hosting.Bus;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace Kontena.Hosting.Tests;

public sealed class KontenaApplicationBuilderTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Kontena:Bus:RabbitMq", "localhost:5672")]
    [InlineData("Kontena:Bus:RabbitMq", "http://localhost")]
    [InlineData("Kontena:Http:Urls", "9292")]
    [InlineData("Kontena:Log:Level", "loud")]
    public void A_setting_that_cannot_be_used_is_named_with_an_example(string key, string value)
    {
        var builder = KontenaApplicationBuilder.Create("test", []);
        builder.Configuration[key] = value;
        var error = Assert.Throws<SettingException>(builder.Build);
        Assert.Equal(key, error.Key);
        Assert.Contains("expected something like", error.Message, StringComparison.Ordinal);
        Assert.Contains(key.Replace(":", "__", StringComparison.Ordinal), error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("amqp://user:hunter2@broker.example/", null, false)]
    [InlineData("amqp://user:hunter2@10.0.0.5:5672/", "false", false)]
    [InlineData("amqp://user:hunter2@localhost.example:5672/", null, false)]
    [InlineData("amqp://user:hunter2@10.0.0.5:5672/", "true", true)]
    [InlineData("amqp://user:hunter2@127.0.0.9:5672/", null, true)]
    [InlineData("amqp://user:hunter2@[::1]:5672/", null, true)]
    [InlineData("amqp://user:hunter2@LocalHost:5672/", null, true)]
    [InlineData("amqps://user:hunter2@broker.example/", null, true)]
    public void Another_machines_broker_is_not_spoken_to_without_TLS_unless_that_is_allowed(string broker, string? allowed, bool starts)
    {
        var builder = KontenaApplicationBuilder.Create("test", []);
        builder.Configuration["Kontena:Bus:RabbitMq"] = broker;
        builder.Configuration["Kontena:Tls:AllowPlain"] = allowed;
        if (starts)
        {
            Assert.Equal(broker.StartsWith("amqp://", StringComparison.Ordinal) && allowed == "true", BusTransport.From(builder.Configuration).Title.Contains("without TLS", StringComparison.Ordinal));
            return;
        }

        var error = Assert.Throws<SettingException>(builder.Build);
        Assert.Equal("Kontena:Bus:RabbitMq", error.Key);
        Assert.Contains(new Uri(broker).Host, error.Message, StringComparison.Ordinal);
        Assert.Contains("amqps://", error.Message, StringComparison.Ordinal);
        Assert.Contains("Kontena:Tls:AllowPlain=true", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_management_API_of_another_machine_is_not_asked_without_TLS_either()
    {
        var builder = KontenaApplicationBuilder.Create("test", []);
        builder.Configuration["Kontena:Bus:RabbitMq"] = "amqps://user:hunter2@broker.example/";
        builder.Configuration["Kontena:Bus:Management"] = "http://broker.example:15672";
        Assert.Contains("https://", Assert.Throws<SettingException>(builder.Build).Message, StringComparison.Ordinal);
        builder.Configuration["Kontena:Tls:AllowPlain"] = "perhaps";
        Assert.Equal("Kontena:Tls:AllowPlain", Assert.Throws<SettingException>(() => BrokerManagement.AddressIn(builder.Configuration)).Key);
        builder.Configuration["Kontena:Tls:AllowPlain"] = "true";
        Assert.Equal("http", BrokerManagement.AddressIn(builder.Configuration)?.Scheme);
    }

    [Fact]
    public void Nothing_where_the_process_was_started_is_read_or_watched()
    {
        var files = ((IConfigurationRoot)KontenaApplicationBuilder.Create("test", []).Configuration).Providers.OfType<FileConfigurationProvider>().Select(provider => provider.Source).ToList();
        Assert.All(files, file => Assert.False(file.ReloadOnChange));
        Assert.All(files, file => Assert.Equal(AppContext.BaseDirectory.TrimEnd('/'), (file.FileProvider as PhysicalFileProvider)?.Root.TrimEnd('/')));
    }

    [Fact]
    public async Task A_process_that_cannot_start_ends_with_exit_code_1()
    {
        using var busy = new TcpListener(IPAddress.Loopback, 0);
        busy.Start();
        var builder = KontenaApplicationBuilder.Create("test", []);
        builder.Configuration["Kontena:Http:Urls"] = $"http://127.0.0.1:{((IPEndPoint)busy.LocalEndpoint).Port}";
        Assert.Equal(1, await builder.RunAsync(Token));
    }

    [Theory]
    [InlineData(typeof(InvalidOperationException), false)]
    [InlineData(typeof(InvalidOperationException), true)]
    [InlineData(typeof(TaskCanceledException), false)]
    public async Task A_process_whose_work_crashes_ends_with_exit_code_1(Type failure, bool whileStarting)
    {
        var builder = KontenaApplicationBuilder.Create("test", []);
        builder.Services.AddHostedService(provider => new Crashing(
            (Exception)Activator.CreateInstance(failure, "the shelf is empty")!,
            whileStarting ? CancellationToken.None : provider.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted));
        Assert.Equal(1, await builder.RunAsync(Token));
    }

    [Fact]
    public async Task A_process_that_is_told_to_stop_ends_with_exit_code_0()
    {
        var builder = KontenaApplicationBuilder.Create("test", []);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        builder.MapRoutes(routes => routes.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(stop.Cancel));
        Assert.Equal(0, await builder.RunAsync(stop.Token));
    }

    [Fact]
    public async Task What_crashed_is_named_in_one_sentence()
    {
        using var crashed = new Crashing(new InvalidOperationException("the shelf is empty"), CancellationToken.None);
        Assert.Null(CrashedWork.Explain([crashed]));
        await crashed.StartAsync(Token);
        await Assert.ThrowsAsync<InvalidOperationException>(() => crashed.ExecuteTask!);
        Assert.Equal(
            "ended because Crashing failed: the shelf is empty (InvalidOperationException)", CrashedWork.Explain([crashed]));
    }

    [Fact]
    public void A_busy_port_is_explained_in_one_sentence_with_the_remedy()
    {
        var error = new IOException("Failed to bind to address http://127.0.0.1:9292: address already in use.",
            new Microsoft.AspNetCore.Connections.AddressInUseException("x"));
        Assert.Contains("Kontena__Http__Urls", StartFailure.Explain(error), StringComparison.Ordinal);
        Assert.DoesNotContain("\n", StartFailure.Explain(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_module_added_twice_opens_its_queue_once()
    {
        var builder = KontenaApplicationBuilder.Create("test", []);
        builder.Services.AddSingleton<Bus.Inbox>();
        foreach (var again in new[] { false, true })
        {
            Assert.Equal(!again, builder.TryAddModule("pings"));
            builder.AddControlEndpoint(new BusEndpoint("twice") { Consumers = [typeof(Bus.PingConsumer)] });
        }

        await using var application = builder.Build();
        await application.StartAsync(Token);
        Assert.Equal(["twice"], application.Services.GetRequiredService<BusSides>().Control.Queues);
        await application.StopAsync(Token);
    }

    [Fact]
    public async Task Nothing_is_reported_to_anybody_outside()
    {
        await using var application = KontenaApplicationBuilder.Create("test", []).Build();
        Assert.False(application.Services.GetRequiredService<IOptions<UsageTelemetryOptions>>().Value.Enabled);
    }

    [Fact]
    public void A_broker_address_is_shown_without_its_password()
    {
        var builder = KontenaApplicationBuilder.Create("test", []);
        builder.Configuration["Kontena:Bus:RabbitMq"] = "amqps://user:hunter2@broker.example/grid%2Fone";
        var transport = BusTransport.From(builder.Configuration);
        Assert.Equal("RabbitMQ at broker.example:5671, vhost 'grid/one'", transport.Title);
        Assert.Equal(("user", "hunter2"), BusTransport.Login(transport.RabbitMq!));
    }

    /// <summary>Crashes when told; without a token to tell it, at once.</summary>
    private sealed class Crashing(Exception failure, CancellationToken now) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            if (now.CanBeCanceled)
            {
                var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await using var _ = now.Register(told.SetResult);
                await told.Task;
            }

            await Task.Yield();
            throw failure;
        }
    }
}
