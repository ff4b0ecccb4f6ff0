using Kontena.Api;
using Kontena.Contracts.Logs;
using Kontena.Contracts.Messaging;
using Kontena.GridManager;
using Kontena.Hosting;
using Kontena.Hosting.Bus;
using Kontena.LogCollector;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Kontena.Bench;

/// <summary>The api with the services it asks, in one process over the embedded store, until its input is closed: says <c>ready URL</c>.</summary>
internal static class ApiServer
{
    public const string LoggedService = "svc-000";
    private const int Batches = 50;
    private const int LinesPerBatch = 200;

    public static async Task RunAsync(string directory, TimeProvider time)
    {
        var builder = KontenaApplicationBuilder.Create("bench", []);
        builder.Configuration["Kontena:DataDirectory"] = directory;
        builder.Configuration["Kontena:Log:Level"] = "Error";
        builder.Configuration["Kontena:Http:Urls"] = "http://127.0.0.1:0";
        builder.AddGridManager();
        builder.AddLogCollector();
        builder.AddApi();
        await using var application = builder.Build();
        await application.StartAsync();
        var bus = application.Services.GetRequiredService<IDataBus>();
        for (var batch = 0; batch < Batches; batch++)
            await bus.SendAsync(Destination.NodeData, Lines(batch, time.GetUtcNow()), CancellationToken.None);
        Console.WriteLine($"ready {application.Urls.First()}");
        while (await Console.In.ReadLineAsync() is not null)
        {
        }

        await application.StopAsync();
    }

    private static LogBatch Lines(int batch, DateTimeOffset at) => new()
    {
        Grid = ApiScene.Grid,
        Node = "node-0",
        Lines = [.. Enumerable.Range(0, LinesPerBatch).Select(line => new LogLine
        {
            Stack = ApiScene.Stack, Service = LoggedService, Instance = 1, InstanceId = ApiScene.InstanceId(0, 1), ContainerName = $"{ApiScene.Stack}.{LoggedService}-1",
            ContainerId = "docker-0-1", At = at.AddMilliseconds(line), Stream = "stdout",
            Text = $"10.81.1.7 - GET /orders/{batch}/{line} 200 1234 {batch * line} ms with what a line of a web server usually has",
        })],
    };
}
