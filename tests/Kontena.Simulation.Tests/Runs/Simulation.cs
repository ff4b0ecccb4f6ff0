using Kontena.Contracts.Grids;
using Kontena.Simulation.Tests.Checkers;
using Kontena.Simulation.Tests.Time;
using Kontena.Simulation.Tests.Workload;

namespace Kontena.Simulation.Tests.Runs;

/// <summary>A run: rounds of trouble, after each of which everything has to come right, and then to stay at rest.</summary>
internal sealed class Simulation
{
    /// <summary>What is promised after the last fault has ended (design §8 C).</summary>
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(0.5);

    private const int LastEvents = 120;

    private readonly World _world;
    private readonly Dice _dice;
    private readonly People _people;
    private readonly Troubles _troubles;
    private readonly Result _result;

    private Simulation(ulong seed, Mutant mutant, Action<string>? follow)
    {
        _world = new World(seed, mutant);
        _world.Trace.Follow = follow;
        _dice = _world.Dice.Fork();
        var client = new Client(_world);
        _people = new People(_world, client);
        _troubles = new Troubles(_world, client);
        _result = new Result { Seed = seed };
        foreach (var replica in _world.Replicas)
        {
            replica.Skew = Skew();
            replica.Start();
        }

        for (var machines = _dice.Below(3) + 3; machines > 0; machines--)
            _world.AddMachine(Skew()).StartAgent();
    }

    /// <param name="seed">Says everything about the run.</param>
    /// <param name="span">Virtual time, at least; the last round is brought to its end.</param>
    /// <param name="mutant">The bug to be found.</param>
    /// <param name="follow">Told of every event.</param>
    public static Result Run(ulong seed, TimeSpan span, Mutant mutant = Mutant.None, Action<string>? follow = null)
    {
        var before = SynchronizationContext.Current;
        try
        {
            return new Simulation(seed, mutant, follow).Run(span);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private Result Run(TimeSpan span)
    {
        while (_world.Timeline.Elapsed < span && _world.Violations.Count == 0)
        {
            Storm();
            Calm();
            Even();
            Rest();
            _result.Rounds++;
        }

        return _result with
        {
            Virtual = _world.Timeline.Elapsed,
            Hash = _world.Trace.Hash,
            Steps = _world.Timeline.Steps,
            Violation = _world.Violations is [var first, ..] ? first : null,
            LastEvents = _world.Violations.Count == 0 ? [] : [.. _world.Trace.Last(LastEvents), .. Picture.Of(_world)],
            Operations = _people.Operations,
            Faults = _troubles.Count,
            Deploys = _world.State.DeploysEnded,
            Jobs = _world.State.Runs.Ended,
        };
    }

    private void Storm()
    {
        _troubles.Choose();
        var end = _world.Timeline.Elapsed + _dice.Seconds(20, 300);
        Repeat(_dice.Seconds(1, 20), _people.Act);
        Repeat(_dice.Seconds(2, 30), _troubles.Act);
        _world.Timeline.RunFor(end - _world.Timeline.Elapsed);

        void Repeat(TimeSpan mean, Action act)
        {
            var pause = _dice.Between(TimeSpan.Zero, mean * 2);
            if (_world.Timeline.Elapsed + pause >= end)
                return;
            _world.Timeline.After(pause, null, () =>
            {
                act();
                Repeat(mean, act);
            });
        }
    }

    private void Calm()
    {
        _world.Trace.Note(null, "faults end");
        _troubles.End();
        // Requests under way give up first: then nothing more is asked for.
        _world.Timeline.RunFor(TimeSpan.FromSeconds(35));
        _troubles.End();
        var attended = _dice.Chance(0.7);
        _people.PutRight(attended);
        var since = _world.Timeline.Elapsed;
        var patience = Patience.Of(_world, Promise, attended);
        string? lacking = null;
        while (_world.Violations.Count == 0)
        {
            _world.Timeline.RunFor(Look);
            _troubles.Rejoin();
            lacking = _people.IsPuttingRight ? "people still ask for things" : Convergence.Lacking(_world);
            var spent = _world.Timeline.Elapsed - since;
            if (lacking is null)
            {
                if (attended)
                    _result.Settled.Add(spent);
                return;
            }

            if (spent > patience)
                _world.Break("declared is running", $"{spent.TotalSeconds:0} s after the faults ended: {lacking}");
        }
    }

    /// <summary>A grid that rebalances moves instances until it lies evenly: that has an end, and takes nothing down that has to serve.</summary>
    private void Even()
    {
        if (_world.Rebalance == GridRebalance.Off || _world.Violations.Count > 0)
            return;
        _world.Trace.Note(null, "rebalances");
        var patience = Evenness.Of(_world);
        var begun = _world.Timeline.Elapsed;
        var quiet = begun;
        var moved = (_world.Ground.Starts, _world.State.DeploysEnded);
        while (_world.Violations.Count == 0 && _world.Timeline.Elapsed - quiet < patience.Still)
        {
            _world.Timeline.RunFor(Look);
            if (Evenness.Lacking(_world) is { } lacking)
                _world.Break("rebalancing keeps what min_health asks for", lacking);
            if (moved == (_world.Ground.Starts, _world.State.DeploysEnded))
                continue;
            moved = (_world.Ground.Starts, _world.State.DeploysEnded);
            quiet = _world.Timeline.Elapsed;
            if (quiet - begun > patience.Most)
                _world.Break("rebalancing ends", $"instances are still moved {(quiet - begun).TotalSeconds:0} s after everything was right");
        }
    }

    /// <summary>Nothing is asked for and nothing is wrong: nothing moves.</summary>
    private void Rest()
    {
        if (_world.Violations.Count > 0)
            return;
        _world.Trace.Note(null, "at rest");
        _world.Ground.CameToRest();
        _world.Timeline.RunFor(TimeSpan.FromSeconds(15));
        var starts = _world.Ground.Starts;
        var deploys = _world.State.DeploysEnded;
        var moves = _world.State.MovesEnded;
        _world.Timeline.RunFor(_dice.Seconds(30, 600));
        if (_world.Violations.Count > 0)
            return;
        // A run may have held up a move until now: it is made when placement wants it with what runs once, and without.
        var late = _world.State.Runs.Known.Any() ? _world.State.MovesEnded - moves : 0;
        if (_world.Ground.Starts - starts != late || _world.State.DeploysEnded - deploys != late)
            _world.Break("what is well stays where it is", $"{_world.Ground.Starts - starts} containers were started and {_world.State.DeploysEnded - deploys} deploys ended while nothing was asked for");
        else if (Convergence.Lacking(_world) is { } lacking)
            _world.Break("what is well stays where it is", lacking);
        else if (_world.State.Runs.Endless() is { } endless)
            _world.Break("a run ends in a condition that is stated", endless);
    }

    // Most clocks are right, some are minutes off.
    private TimeSpan Skew() => _dice.Below(4) switch
    {
        0 => _dice.Seconds(-300, 300),
        1 => _dice.Milliseconds(-500, 500),
        _ => TimeSpan.Zero,
    };
}
