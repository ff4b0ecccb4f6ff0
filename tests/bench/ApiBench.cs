using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Kontena.Contracts.Services;
using Kontena.State;
using Kontena.State.Documents;
using Microsoft.Extensions.Configuration;

namespace Kontena.Bench;

/// <summary>What the api answers in a second and how long it takes, beside the same framework that serves as many bytes without looking; what a write takes beside a commit of the store; and
/// what a thousand open log streams take of memory. Client and servers share the machine.</summary>
internal sealed class ApiBench(int runs, TimeProvider time)
{
    private const int Clients = 8;
    private const int Followers = 1000;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);
    private int _names;

    public async Task<IReadOnlyList<Row>> RunAsync(CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("kontena-bench-").FullName;
        try
        {
            var scene = Store(directory);
            using (scene as IDisposable)
                await ApiScene.WriteAsync(directory, scene, cancellationToken);
            await using var ours = await ServerProcess.StartAsync(time, "api-server", directory);
            await using var floor = await ServerProcess.StartAsync(time, "floor-server");
            return
            [
                .. await ReadAsync("GET services", ours, floor, "/v1/grids/main/services", ApiScene.Administrator, cancellationToken),
                .. await ReadAsync("token check", ours, floor, "/v1/user", ApiScene.UserToken, cancellationToken),
                .. await ReadAsync("log page", ours, floor, $"/v1/services/main/shop/{ApiServer.LoggedService}/container_logs?limit=100", ApiScene.Administrator, cancellationToken),
                .. await WriteAsync(ours, cancellationToken),
                await FollowAsync(ours, cancellationToken),
            ];
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private async Task<IReadOnlyList<Row>> ReadAsync(string name, ServerProcess ours, ServerProcess floor, string path, string token, CancellationToken cancellationToken)
    {
        using var asked = Client(ours, token);
        using var constant = Client(floor, token);
        var size = (await asked.GetByteArrayAsync(path, cancellationToken)).Length;
        var (mine, least) = (new List<Pace>(), new List<Pace>());
        for (var run = 0; run <= runs; run++)
        {
            mine.Add(await LoadAsync(Clients, () => asked.GetByteArrayAsync(path, cancellationToken)));
            least.Add(await LoadAsync(Clients, () => constant.GetByteArrayAsync(size.ToString(CultureInfo.InvariantCulture), cancellationToken)));
            if (run > 0)
                Report.Progress($"{name}, {size} bytes", run, runs);
        }

        return Rows(name, mine, least);
    }

    /// <summary>One after another: how long one takes, beside a commit of one such document to a store of its own on the same disk.</summary>
    private async Task<IReadOnlyList<Row>> WriteAsync(ServerProcess ours, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("kontena-bench-").FullName;
        try
        {
            var store = Store(directory);
            using var closing = store as IDisposable;
            using var asked = Client(ours, ApiScene.Administrator);
            var (mine, least) = (new List<Pace>(), new List<Pace>());
            for (var run = 0; run <= runs; run++)
            {
                mine.Add(await LoadAsync(1, () => CreateAsync(asked, cancellationToken)));
                least.Add(await LoadAsync(1, () => store.CommitAsync(
                    new CommitBatch(ApiScene.Writes).Put(StateKeys.Service, ApiScene.Service(ApiScene.Writes, $"new-{_names++}"), CommitBatch.AnyVersion), cancellationToken)));
                if (run > 0)
                    Report.Progress("POST service", run, runs);
            }

            return Rows("POST service", mine, least);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private async Task CreateAsync(HttpClient http, CancellationToken cancellationToken)
    {
        using var body = new StringContent($$"""{"name":"new-{{_names++}}","image":"acme/web:1.4","stateful":false}""", Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync($"/v1/grids/{ApiScene.Writes}/services", body, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Resident memory of the process with them, and (as floor) right before.</summary>
    private async Task<Row> FollowAsync(ServerProcess ours, CancellationToken cancellationToken)
    {
        using var http = Client(ours, ApiScene.Administrator);
        var before = ours.ResidentMegabytes();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var open = 0;
        var streams = Enumerable.Range(0, Followers).Select(async _ =>
        {
            using var answer = await http.GetAsync(
                $"/v1/services/main/shop/{ApiServer.LoggedService}/container_logs?follow=1&limit=10", HttpCompletionOption.ResponseHeadersRead, over.Token);
            answer.EnsureSuccessStatusCode();
            Interlocked.Increment(ref open);
            await answer.Content.CopyToAsync(Stream.Null, over.Token);
        }).ToList();
        for (var waited = TimeSpan.Zero; Volatile.Read(ref open) < Followers && waited < Rest * 3; waited += Round)
            await Task.Delay(Round, time, cancellationToken);
        if (Volatile.Read(ref open) < Followers)
            throw new InvalidOperationException($"{open} of {Followers} streams are open: {streams.FirstOrDefault(one => one.IsFaulted)?.Exception?.InnerException?.Message ?? "the others wait"}");
        await Task.Delay(Rest, time, cancellationToken);
        var with = ours.ResidentMegabytes();
        await over.CancelAsync();
        await Task.WhenAll(streams.Select(one => one.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default)));
        return new Row($"{Followers} log streams, resident", "MB", with, before, null);
    }

    private static async Task<Pace> LoadAsync(int clients, Func<Task> request)
    {
        var start = Stopwatch.GetTimestamp();
        var each = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            var times = new List<double>();
            while (Stopwatch.GetElapsedTime(start) < Round)
            {
                var begin = Stopwatch.GetTimestamp();
                await request();
                times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            }

            return times;
        })));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double[] sorted = [.. each.SelectMany(times => times).Order()];
        return new Pace(sorted.Length / seconds, At(sorted, 0.5), At(sorted, 0.99));
    }

    /// <summary>Medians of all rounds but the first, in which code is compiled.</summary>
    private static Row[] Rows(string name, List<Pace> ours, List<Pace> floor) =>
    [
        new($"{name}, requests", "1/s", Median(ours, one => one.PerSecond), Median(floor, one => one.PerSecond), null),
        new($"{name}, p50", "ms", Median(ours, one => one.Half), Median(floor, one => one.Half), null),
        new($"{name}, p99", "ms", Median(ours, one => one.Most), Median(floor, one => one.Most), null),
    ];

    private static double Median(List<Pace> rounds, Func<Pace, double> value) => Row.Median(rounds.Skip(1).Select(value));

    private static double At(double[] sorted, double share) => sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];

    private static IStateStore Store(string directory) => StateModule.OpenStore(
        new ConfigurationBuilder().AddInMemoryCollection([new("Kontena:DataDirectory", directory)]).Build(), TimeProvider.System);

    private static HttpClient Client(ServerProcess server, string token)
    {
        var client = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = Timeout.InfiniteTimeSpan }) { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <param name="PerSecond">Requests.</param>
    /// <param name="Half">So many milliseconds half of them took at most.</param>
    /// <param name="Most">So many 99 of 100 took at most.</param>
    private sealed record Pace(double PerSecond, double Half, double Most);
}
