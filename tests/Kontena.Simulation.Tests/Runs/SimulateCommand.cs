using System.Diagnostics;
using System.Globalization;

namespace Kontena.Simulation.Tests.Runs;

/// <summary><c>simulate [--hours N] [--seed S [--follow]] [--from S]</c>: many seeds until the virtual hours are full, or one seed again.</summary>
internal static class SimulateCommand
{
    private static readonly TimeSpan PerSeed = TimeSpan.FromHours(4);

    public static int Run(IReadOnlyList<string> arguments)
    {
        var hours = 24d;
        ulong? seed = null;
        ulong from = 1;
        var follow = false;
        var mutant = Mutant.None;
        for (var at = 0; at < arguments.Count; at++)
        {
            var value = at + 1 < arguments.Count ? arguments[at + 1] : "";
            switch (arguments[at])
            {
                case "--hours" when double.TryParse(value, CultureInfo.InvariantCulture, out hours) && hours > 0:
                case "--mutant" when Enum.TryParse(value, out mutant):
                    at++;
                    break;
                case "--seed" when ulong.TryParse(value, CultureInfo.InvariantCulture, out var one):
                    (seed, at) = (one, at + 1);
                    break;
                case "--from" when ulong.TryParse(value, CultureInfo.InvariantCulture, out from):
                    at++;
                    break;
                case "--follow":
                    follow = true;
                    break;
                default:
                    Console.Error.WriteLine($"simulate: '{arguments[at]} {value}' is not understood; usage: simulate [--hours N] [--from SEED] | --seed S [--follow]");
                    return 2;
            }
        }

        return seed is { } again ? Again(again, follow, mutant) : Many(from, TimeSpan.FromHours(hours), mutant);
    }

    private static int Again(ulong seed, bool follow, Mutant mutant)
    {
        var result = Simulation.Run(seed, PerSeed, mutant, follow ? Console.WriteLine : null);
        Console.WriteLine(result);
        return result.Violation is null ? 0 : 1;
    }

    private static int Many(ulong from, TimeSpan span, Mutant mutant)
    {
        var clock = Stopwatch.StartNew();
        var gate = new Lock();
        var next = from;
        var spent = TimeSpan.Zero;
        var settled = new List<TimeSpan>();
        long operations = 0, faults = 0, deploys = 0, jobs = 0;
        var broken = 0;
        // A thread of its own per run: nothing of a run may touch the pool.
        var workers = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(Work)).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());

        settled.Sort();
        var minutes = clock.Elapsed.TotalMinutes;
        Console.WriteLine($"{next - from} seeds, {spent.TotalHours:0.0} virtual hours in {clock.Elapsed.TotalSeconds:0} s ({spent.TotalHours / minutes:0} hours a minute), {broken} broken");
        Console.WriteLine($"{operations} operations, {faults} faults, {deploys} deploys, {jobs} runs, {settled.Count} rounds; right again after {At(0.5)} s (half), {At(0.99)} s (99 of 100), {At(1)} s (all)");
        return broken == 0 ? 0 : 1;

        string At(double share) => settled.Count == 0 ? "-" : settled[(int)((settled.Count - 1) * share)].TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);

        void Work()
        {
            while (true)
            {
                ulong seed;
                lock (gate)
                {
                    if (spent >= span)
                        return;
                    seed = next++;
                }

                var result = Simulation.Run(seed, PerSeed < span ? PerSeed : span, mutant);
                lock (gate)
                {
                    spent += result.Virtual;
                    settled.AddRange(result.Settled);
                    operations += result.Operations;
                    faults += result.Faults;
                    deploys += result.Deploys;
                    jobs += result.Jobs;
                    if (result.Violation is not null)
                        broken++;
                    Console.WriteLine(result);
                }
            }
        }
    }
}
