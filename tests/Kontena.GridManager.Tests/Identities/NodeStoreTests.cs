using System.Net.Sockets;
using System.Text;
using Kontena.Hosting;
using Kontena.State;
using Kontena.Testing.Redis;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Kontena.GridManager.Tests.Identities;

/// <summary>A real Redis with password and TLS, as it is deployed: what a node has opens nothing there.</summary>
public sealed class NodeStoreTests
{
    private const string User = "node-aaaa1111";
    private const string Password = "a-password-that-nobody-would-guess-0";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task A_node_reads_nothing_from_the_store_and_the_services_do()
    {
        await using var redis = await RedisServer.StartNewAsync(Cancelled, tls: true);
        foreach (var command in new[] { "KEYS *", "GET anything", "INFO", "CONFIG GET requirepass", "SUBSCRIBE x", "EVAL return(1) 0", "FLUSHALL" })
            Assert.Contains("-NOAUTH", await AskAsync(redis, command), StringComparison.Ordinal);
        Assert.Contains("-WRONGPASS", await AskAsync(redis, $"AUTH {Password}"), StringComparison.Ordinal);
        Assert.Contains("-WRONGPASS", await AskAsync(redis, $"AUTH {User} {Password}"), StringComparison.Ordinal);
        Assert.DoesNotContain("PONG", await PlainAsync(redis), StringComparison.Ordinal);

        var builder = KontenaApplicationBuilder.Create("test", [$"--Kontena:State:Redis={redis.ConnectionString}", $"--Kontena:Tls:CaFile={redis.CaFile}", "--Kontena:Log:Level=Error"]);
        builder.Services.AddKontenaState(builder.Configuration);
        await using var application = builder.Build();
        await application.Services.GetRequiredService<IStateStore>().PingAsync(Cancelled);
    }

    private static async Task<string> AskAsync(RedisServer redis, string command)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", redis.Port, Cancelled);
        await using var secure = await redis.SecureAsync(client, Cancelled);
        await secure.WriteAsync(Encoding.ASCII.GetBytes($"{command}\r\nQUIT\r\n"), Cancelled);
        using var reader = new StreamReader(secure, Encoding.ASCII);
        return await reader.ReadToEndAsync(Cancelled);
    }

    private static async Task<string> PlainAsync(RedisServer redis)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", redis.Port, Cancelled);
            await client.GetStream().WriteAsync("PING\r\n"u8.ToArray(), Cancelled);
            using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
            return await reader.ReadToEndAsync(Cancelled);
        }
        catch (IOException)
        {
            return "closed";
        }
    }
}
