using System.Diagnostics;
using Kontena.Docker;

namespace Kontena.Bench;

/// <summary>How long names lead to what is not there: each host of the lab is asked all the time while containers come and go, hosts lose their power or their cable,
/// and agents die.</summary>
internal sealed class FreshnessBench(LabHosts hosts, string folder, PlatformClient platform, int changes, int rounds, TimeProvider time)
{
    private const string Service = "fresh";
    private const string Name = "fresh.default.kontena.local";
    private const string Ours = $"io.kontena.service.name={Service}";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Longer than a container must be up for the next restart of it to be at once.</summary>
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(11);
    private readonly List<NameWatch> _watches = [.. Enumerable.Range(1, hosts.Engines.Count).Select(host => new NameWatch(folder, host))];
    private readonly int _instances = hosts.Engines.Count * 2;

    public async Task<IReadOnlyList<FreshnessRow>> RunAsync(CancellationToken cancellationToken)
    {
        await platform.CreateServiceAsync(Service, "kontena-lab/web:1", _instances, cancellationToken, waitForPort: 80, minHealth: 0.5);
        await platform.DeployAndWaitAsync(Service, force: false, time, cancellationToken);
        foreach (var watch in _watches)
            watch.Start();
        await UntilAllAnswerAsync();

        List<FreshnessRow> rows = [];
        var (came, went, wentBefore) = (new List<double>(), new List<double>(), new List<double>());
        for (var change = 0; change < changes; change += 2)
        {
            came.Add(await ComesAsync());
            var (spread, gone) = await GoesAsync();
            went.Add(spread);
            wentBefore.Add(gone);
            if (change % 10 == 0)
                Report.Progress("changes", change + 2, changes);
        }

        rows.Add(new("a new instance: from the first host that answers it to the last", came));
        rows.Add(new("scaled down: from the first host that leaves it out to the last", went));
        rows.Add(new("any change, first host to last", [.. came, .. went]));
        rows.Add(new("scaled down: last answer after its process ended", wentBefore));
        await RoundsAsync(rows, "container killed", changes / 2, KilledAsync);
        await RoundsAsync(rows, "agent killed, then a container of its node", rounds, AgentKilledAsync);
        await RoundsAsync(rows, "host loses power", rounds, host => LostAsync(host, () => hosts.SwitchAsync("kill", $"{host}"), () => hosts.SwitchAsync("start", $"{host}")));
        await RoundsAsync(rows, "cable of a host cut", rounds, host => LostAsync(host, () => hosts.SwitchAsync("partition", $"{host}"), () => hosts.SwitchAsync("heal", $"{host}")));
        await RoundsAsync(rows, "host reboots", rounds, RebootedAsync);
        await RoundsAsync(rows, "agent restarted: no answer on its own node", rounds, SilentAsync);
        foreach (var watch in _watches)
            watch.Dispose();
        return rows;
    }

    private async Task RoundsAsync(List<FreshnessRow> rows, string name, int count, Func<int, Task<double>> round)
    {
        var took = new List<double>();
        for (var at = 0; at < count; at++)
        {
            await UntilAllAnswerAsync();
            took.Add(await round((at % hosts.Engines.Count) + 1));
            Report.Progress($"{name}: {took[^1]:0} ms", at + 1, count);
        }

        rows.Add(new(name, took));
    }

    private async Task<double> ComesAsync()
    {
        var before = await AddressesAsync();
        Watch();
        await platform.ScaleAsync(Service, _instances + 1, CancellationToken.None);
        string? added = null;
        await UntilAsync("an instance more", async () => (added = (await AddressesAsync()).Keys.Except(before.Keys).FirstOrDefault()) is not null);
        await UntilAsync($"{added} is answered by all", () => Task.FromResult(_watches.All(watch => watch.Seen(added!) is not null)));
        var first = _watches.Select(watch => watch.Seen(added!)!.Value.First).ToList();
        return Stopwatch.GetElapsedTime(first.Min(), first.Max()).TotalMilliseconds;
    }

    /// <summary>Milliseconds between hosts, and from the end of its process to the last answer that had it; less than nothing when it had left the names before.</summary>
    private async Task<(double Spread, double Gone)> GoesAsync()
    {
        var before = await AddressesAsync();
        Watch();
        await platform.ScaleAsync(Service, _instances, CancellationToken.None);
        var ended = 0L;
        string? gone = null;
        await UntilAsync("an instance less", async () =>
        {
            var now = Stopwatch.GetTimestamp();
            gone = before.Keys.Except((await AddressesAsync()).Keys).FirstOrDefault();
            ended = now;
            return gone is not null;
        });
        var last = await LastAsync([gone!], _watches);
        var lasts = _watches.Select(watch => watch.Seen(gone!)?.Last ?? 0).Where(at => at > 0).ToList();
        return (Stopwatch.GetElapsedTime(lasts.Min(), lasts.Max()).TotalMilliseconds, Stopwatch.GetElapsedTime(ended, last).TotalMilliseconds);
    }

    private async Task<double> KilledAsync(int host)
    {
        await Task.Delay(Steady / hosts.Engines.Count, time);
        var victim = (await AddressesAsync()).First(one => one.Value.Host == host);
        Watch();
        await Task.Delay(Pause * 10, time);
        var begun = Stopwatch.GetTimestamp();
        await hosts.KillAsync(hosts.Engines[host - 1], victim.Value.Id);
        // It is started again at once, often at the same address, which is right again then.
        await UntilAsync($"all have left out {victim.Key}", () => Task.FromResult(_watches.All(watch => watch.Left(victim.Key) is not null)));
        return Since(begun, _watches.Max(watch => watch.Left(victim.Key)!.Value));
    }

    private async Task<double> AgentKilledAsync(int host)
    {
        host = await BusiestAsync(host);
        var victim = (await AddressesAsync()).First(one => one.Value.Host == host);
        Watch();
        await Task.Delay(Pause * 10, time);
        await hosts.SwitchAsync("kill", $"{host}", "agent");
        var begun = Stopwatch.GetTimestamp();
        await hosts.KillAsync(hosts.Engines[host - 1], victim.Value.Id);
        var last = await LastAsync([victim.Key], [.. _watches.Where(watch => watch.Host != host)]);
        await hosts.SwitchAsync("start", $"{host}");
        return Since(begun, last);
    }

    /// <summary>Asked of the others: a host without a cable knows nothing of what became of its own, and nobody reaches it.</summary>
    private async Task<double> LostAsync(int host, Func<Task> lose, Func<Task> mend)
    {
        var lost = (await AddressesAsync()).Where(one => one.Value.Host == host).Select(one => one.Key).ToList();
        if (lost.Count == 0)
            throw new InvalidOperationException($"nothing runs on h{host}");
        Watch();
        await Task.Delay(Pause * 10, time);
        var begun = Stopwatch.GetTimestamp();
        await lose();
        var last = await LastAsync(lost, [.. _watches.Where(watch => watch.Host != host)]);
        await Task.Delay(TimeSpan.FromSeconds(10), time);           // it is offline by now, and what it ran is elsewhere
        await mend();
        await SpreadAsync();
        return Since(begun, last);
    }

    /// <summary>All hosts are asked, itself too once it is back. An address that a new container has got is right again.</summary>
    private async Task<double> RebootedAsync(int host)
    {
        var lost = (await AddressesAsync()).Where(one => one.Value.Host == host).Select(one => one.Key).ToList();
        Watch();
        await Task.Delay(Pause * 10, time);
        var begun = Stopwatch.GetTimestamp();
        await hosts.SwitchAsync("kill", $"{host}");
        await hosts.SwitchAsync("start", $"{host}");
        var last = begun;
        var taken = new HashSet<string>();
        await UntilAsync($"h{host} is back, and nothing wrong is answered", async () =>
        {
            var now = await AddressesAsync();
            taken.UnionWith(now.Keys);
            foreach (var address in lost.Where(address => !taken.Contains(address)))
            {
                foreach (var seen in _watches.Select(watch => watch.Seen(address)).OfType<(long First, long Last)>())
                    last = Math.Max(last, seen.Last);
            }

            return now.Count >= _instances && _watches.All(watch => watch.Answers)
                && (lost.All(taken.Contains) || Stopwatch.GetElapsedTime(last) > TimeSpan.FromSeconds(2));
        });
        await SpreadAsync();
        return Since(begun, last);
    }

    private async Task<double> SilentAsync(int host)
    {
        Watch();
        await Task.Delay(Pause * 10, time);
        await hosts.SwitchAsync("kill", $"{host}", "agent");
        await hosts.SwitchAsync("start", $"{host}");
        var watch = _watches[host - 1];
        await UntilAsync($"h{host} answers", () => Task.FromResult(watch.Answers && watch.LongestSilence > TimeSpan.FromMilliseconds(100)));
        return watch.LongestSilence.TotalMilliseconds;
    }

    /// <summary>When the last answer had one of the addresses: none has had for two seconds, and some have been given.</summary>
    private async Task<long> LastAsync(IReadOnlyList<string> addresses, IReadOnlyList<NameWatch> watches)
    {
        var last = 0L;
        await UntilAsync($"nobody answers {string.Join(", ", addresses)}", () =>
        {
            last = addresses.SelectMany(address => watches.Select(watch => watch.Seen(address)?.Last ?? 0)).Max();
            return Task.FromResult(Stopwatch.GetElapsedTime(last) > TimeSpan.FromSeconds(2) && watches.All(watch => watch.Answers));
        });
        return last;
    }

    private void Watch()
    {
        foreach (var watch in _watches)
            watch.Watch(Name);
    }

    private async Task<int> BusiestAsync(int but) =>
        (await AddressesAsync()).Values.GroupBy(one => one.Host).OrderByDescending(group => group.Count()).ThenBy(group => group.Key == but ? 0 : 1).First().Key;

    /// <summary>Two on each host again.</summary>
    private async Task SpreadAsync()
    {
        await UntilAsync("all hosts answer", () => Task.FromResult(_watches.All(watch => watch.Answers)));
        await Task.Delay(TimeSpan.FromSeconds(8), time);
        await platform.DeployAndWaitAsync(Service, force: true, time, CancellationToken.None);
    }

    /// <summary>What runs, and nothing else, is answered by all hosts.</summary>
    private async Task UntilAllAnswerAsync()
    {
        await UntilAsync("all hosts answer what runs", async () =>
        {
            Watch();
            await Task.Delay(Pause * 5, time);
            var running = await AddressesAsync();
            return running.Count == _instances && _watches.All(watch => running.Keys.All(address => watch.Seen(address) is not null));
        });
    }

    /// <summary>Addresses of the containers that run, with their host and id.</summary>
    private async Task<IReadOnlyDictionary<string, (int Host, string Id)>> AddressesAsync()
    {
        var found = await Task.WhenAll(hosts.Engines.Select(async (engine, at) =>
        {
            List<(string Address, int Host, string Id)> here = [];
            try
            {
                foreach (var one in (await engine.ListContainersAsync([Ours], CancellationToken.None)).Where(one => one.State == "running"))
                {
                    if ((await engine.InspectContainerAsync(one.Id, CancellationToken.None)) is { Running: true } details && details.Addresses.GetValueOrDefault("kontena-default") is { Length: > 0 } address)
                        here.Add((address, at + 1, one.Id));
                }
            }
            catch (EngineUnavailableException)
            {
                // Its power is off.
            }

            return here;
        }));
        return found.SelectMany(one => one).ToDictionary(one => one.Address, one => (one.Host, one.Id));
    }

    private static double Since(long begun, long last) => Math.Max(0, Stopwatch.GetElapsedTime(begun, last).TotalMilliseconds);

    private async Task UntilAsync(string what, Func<Task<bool>> isSo)
    {
        for (var begun = Stopwatch.GetTimestamp(); !await isSo();)
        {
            if (Stopwatch.GetElapsedTime(begun) > Limit)
                throw new TimeoutException($"not within {Limit.TotalSeconds:0} s: {what}");
            await Task.Delay(Pause, time);
        }
    }
}

/// <summary>Milliseconds of each round.</summary>
internal sealed record FreshnessRow(string Name, IReadOnlyList<double> Took)
{
    public static void Print(string title, IReadOnlyList<FreshnessRow> rows)
    {
        var width = rows.Max(row => row.Name.Length) + 2;
        Console.WriteLine(title);
        Console.WriteLine($"{"".PadRight(width)}{"rounds",8}{"p50 ms",10}{"p99 ms",10}{"max ms",10}");
        foreach (var row in rows)
            Console.WriteLine($"{row.Name.PadRight(width)}{row.Took.Count,8}{row.At(0.5),10:0}{row.At(0.99),10:0}{row.Took.Max(),10:0}");
    }

    /// <summary>As the other benchmarks write theirs: medians, and a row more for what was most.</summary>
    public static IReadOnlyList<Row> ToRows(IReadOnlyList<FreshnessRow> rows) =>
        [.. rows.SelectMany(row => new[] { new Row(row.Name, "ms", row.At(0.5), null, null), new Row($"{row.Name}, p99", "ms", row.At(0.99), null, null), new Row($"{row.Name}, most", "ms", row.Took.Max(), null, null) })];

    private double At(double share) => Took.Order().ElementAt((int)Math.Ceiling(Took.Count * share) - 1);
}
