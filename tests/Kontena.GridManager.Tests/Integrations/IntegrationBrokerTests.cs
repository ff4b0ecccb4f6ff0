using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Kontena.Contracts.Identity;
using Kontena.Core.Tls;
using Kontena.GridManager.Tests.Platform;
using Kontena.Hosting;
using Kontena.Hosting.PublicBus;
using Kontena.Testing.RabbitMq;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace Kontena.GridManager.Tests.Integrations;

/// <summary>An integration at a real broker with TLS: the example client, what it may and may not do, and its end.</summary>
public sealed class IntegrationBrokerTests(RabbitMqBroker broker) : IClassFixture<RabbitMqBroker>
{
    private const string Password = "a-password-that-nobody-would-guess-0";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(Timeout = 240_000)]
    public async Task The_example_installs_a_stack_with_a_login_that_opens_nothing_else_and_ends_within_a_second()
    {
        broker.SpeakTls();
        var address = await broker.NewVirtualHostAsync(Cancelled);
        string[] settings = [$"--Kontena:Bus:RabbitMq={address}", $"--Kontena:Bus:Management={broker.Management}", $"--Kontena:Tls:CaFile={broker.CaFile}", "--Kontena:Log:Level=Error"];
        await using var running = await RunningGridManager.StartAsync(null, settings);
        var made = await running.AskAsync<CreateIntegration, IntegrationCreated>(new() { Name = "ci", Grids = ["prod"], BrokerPassword = Password });
        Assert.Equal("Done", made.Result.Show());
        var url = new UriBuilder(made.Broker!) { UserName = "integration.ci", Password = Password }.Uri;

        var asked = new List<string>();
        var builder = KontenaApplicationBuilder.Create("desk", settings);
        builder.AddPublicCommands(_ => (command, _) => Task.FromResult(Answer(command, asked)));
        await using var desk = builder.Build();
        await desk.StartAsync(Cancelled);
        // The exchange is there when the queue is read.
        while (!(await broker.InspectAsync($"api/queues{new Uri(address).AbsolutePath}?columns=name,consumers", Cancelled)).Contains("\"consumers\":1,\"name\":\"kontena.commands\"", StringComparison.Ordinal))
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Cancelled);

        Assert.Equal("""{"stack": "shop", "state": "running"}""", await ExampleAsync(url));
        Assert.Equal(["integration.ci createStack", "integration.ci deployStack", "integration.ci showStack"], asked);

        var connection = await ConnectAsync(url);
        (string What, ushort Code, Func<IChannel, Task> Try)[] attempts =
        [
            ("command", 0, channel => SendAsync(channel, "kontena.commands", "integration.ci")),
            ("command as another", 406, channel => SendAsync(channel, "kontena.commands", "integration.other")),
            ("write by the default exchange", 403, channel => SendAsync(channel, "", null)),
            ("command grid-manager", 403, channel => SendAsync(channel, "grid-manager", null)),
            ("read commands of others", 403, channel => channel.BasicGetAsync("kontena.commands", true)),
            ("make a queue of another", 403, channel => channel.QueueDeclareAsync("integration.ci2.x", false, false, true)),
            ("delete the exchange of commands", 403, channel => channel.ExchangeDeleteAsync("kontena.commands")),
            ("hear events of its grid", 0, channel => BindAsync(channel, "grid.prod.#")),
            ("hear events of another grid", 403, channel => BindAsync(channel, "grid.other.#")),
            ("hear all events", 403, channel => BindAsync(channel, "#")),
        ];
        var answers = new List<string>();
        foreach (var (what, _, attempt) in attempts)
            answers.Add($"{what}: {await CodeOfAsync(connection, attempt)}");
        Assert.Equal(attempts.Select(one => $"{one.What}: {one.Code}"), answers);

        var bindings = $"api/exchanges{new Uri(address).AbsolutePath}/kontena.events/bindings/source";
        Assert.Contains("integration.ci.events", await broker.InspectAsync(bindings, Cancelled), StringComparison.Ordinal);
        // A channel that has bound is not looked at when it binds once more: it goes with what it has bound.
        var closed = CloseOf(connection);
        Assert.Equal("Done", (await running.AskAsync(new ChangeGridUser { Grid = "prod", Email = "ci@integration", Remove = true })).Show());
        while ((await broker.InspectAsync(bindings, Cancelled)).Contains("integration.ci.events", StringComparison.Ordinal))
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Cancelled);
        await closed.WaitAsync(Cancelled);
        await connection.DisposeAsync();
        connection = await ConnectAsync(url);
        Assert.Equal(403, await CodeOfAsync(connection, channel => BindAsync(channel, "grid.prod.#")));

        closed = CloseOf(connection);
        var started = TimeProvider.System.GetTimestamp();
        Assert.Equal("Done", (await running.AskAsync(new RemoveIntegration { Name = "ci" })).Show());
        await closed.WaitAsync(Cancelled);
        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0, 1);
        await connection.DisposeAsync();
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => ConnectAsync(url));
        await desk.StopAsync(Cancelled);
    }

    private static PublicAnswer Answer(PublicCommand command, List<string> asked)
    {
        var operation = JsonNode.Parse(command.Body.Span)?["operation"]?.ToString();
        if (operation is null || command.ReplyTo is null)
            return new PublicAnswer(null, null);
        lock (asked)
            asked.Add($"{command.User} {operation}");
        return new PublicAnswer(Encoding.UTF8.GetBytes("""{"status":200,"body":{"state":"running"}}"""), null);
    }

    private async Task<string> ExampleAsync(Uri url)
    {
        var script = Path.Combine(Root(), "infra", "examples", "queue", "install_stack.py");
        var start = new ProcessStartInfo("/usr/bin/python3", [script, url.AbsoluteUri, "prod", "shop", "nginx:1.27"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SSL_CERT_FILE"] = broker.CaFile;
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(Cancelled);
        var output = (await process.StandardOutput.ReadToEndAsync(Cancelled)).Trim();
        await process.WaitForExitAsync(Cancelled);
        Assert.True(process.ExitCode == 0, await error);
        return output;
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Kontena.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("there is no Kontena.sln above the tests");
        return folder;
    }

    private async Task<IConnection> ConnectAsync(Uri url)
    {
        var factory = new ConnectionFactory { Uri = url, AutomaticRecoveryEnabled = false };
        factory.Ssl.CertificateValidationCallback = CertificateTrust.OfFile(broker.CaFile, TimeProvider.System).CallbackFor(IPAddress.Loopback.ToString());
        return await factory.CreateConnectionAsync(Cancelled);
    }

    private static Task CloseOf(IConnection connection)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionShutdownAsync += (_, _) =>
        {
            closed.TrySetResult();
            return Task.CompletedTask;
        };
        return closed.Task;
    }

    private static async Task SendAsync(IChannel channel, string exchange, string? user)
    {
        var properties = new BasicProperties();
        if (user is not null)
            properties.UserId = user;
        await channel.BasicPublishAsync(exchange, "", mandatory: false, properties, "{}"u8.ToArray(), Cancelled);
    }

    private static async Task BindAsync(IChannel channel, string key)
    {
        await channel.QueueDeclareAsync("integration.ci.events", false, false, true, cancellationToken: Cancelled);
        await channel.QueueBindAsync("integration.ci.events", "kontena.events", key, cancellationToken: Cancelled);
    }

    /// <returns>0: the broker did not object.</returns>
    private static async Task<ushort> CodeOfAsync(IConnection connection, Func<IChannel, Task> attempt)
    {
        var channel = await connection.CreateChannelAsync(cancellationToken: Cancelled);
        try
        {
            await attempt(channel);
            // Publishing is refused a moment later; whatever is asked next on the channel meets it.
            await channel.QueueDeclarePassiveAsync("kontena.commands", Cancelled);
            await channel.DisposeAsync();
            return 0;
        }
        catch (Exception refused) when (refused is AlreadyClosedException or OperationInterruptedException)
        {
            return channel.CloseReason?.ReplyCode ?? 1;
        }
    }
}
