using Kontena.Simulation.Tests.Time;

namespace Kontena.Simulation.Tests.Platform;

/// <summary>A durable queue and its readers.</summary>
internal sealed class BrokerQueue(World world, Broker broker, string name)
{
    /// <summary>As the endpoints set it: beyond it the oldest gives way.</summary>
    private const int MaxLetters = 100_000;
    private static readonly TimeSpan[] Retries = [TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(1)];

    private readonly SortedDictionary<long, Letter> _waiting = [];
    private readonly List<Subscription> _readers = [];
    private readonly Dice _dice = world.Dice.Fork();
    private int _turn;

    public string Name => name;

    public int Waiting => _waiting.Count;

    public void Add(Letter letter)
    {
        _waiting[letter.Number] = letter;
        if (_waiting.Count > MaxLetters)
            _waiting.Remove(_waiting.First().Key);
        Deliver();
    }

    public void Attach(Subscription reader)
    {
        _readers.Add(reader);
        Deliver();
    }

    /// <summary>What the reader had and did not acknowledge goes to the next.</summary>
    public void Detach(Subscription reader)
    {
        if (!_readers.Remove(reader))
            return;
        reader.IsAttached = false;
        foreach (var letter in reader.Taken.Values)
            _waiting[letter.Number] = letter;
        reader.Taken.Clear();
        Deliver();
    }

    public void DropAll()
    {
        foreach (var reader in _readers.ToList())
            Detach(reader);
    }

    private void Deliver()
    {
        while (_waiting.Count > 0 && broker.IsUp && Reader() is { } reader)
        {
            var first = default(Letter)!;
            foreach (var letter in _waiting.Values)
            {
                first = letter;
                break;
            }

            _waiting.Remove(first.Number);
            reader.Taken[first.Number] = first;
            reader.Process.After(_dice.Milliseconds(0.05, 0.8), () => _ = WorkAsync(reader, first));
        }
    }

    private Subscription? Reader()
    {
        if (_readers.Count == 0)
            return null;
        if (_readers[0].IsExclusive)
            return _readers[0].HasRoom ? _readers[0] : null;
        for (var tries = 0; tries < _readers.Count; tries++)
        {
            var reader = _readers[_turn++ % _readers.Count];
            if (reader.HasRoom)
                return reader;
        }

        return null;
    }

    // As the endpoints do it: three more tries inside the process, then a dead letter.
    private async Task WorkAsync(Subscription reader, Letter letter)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                if (letter.ExpiresAt > world.Timeline.Now)
                    await reader.Work(letter);
                Acknowledge(reader, letter);
                return;
            }
            catch (GivenBackException)
            {
                if (reader.Taken.Remove(letter.Number))
                    _waiting[letter.Number] = letter;
                Deliver();
                return;
            }
            catch (Exception cause) when (attempt == Retries.Length)
            {
                broker.Bury(this, letter, cause);
                Acknowledge(reader, letter);
                return;
            }
            catch (Exception)
            {
                await Task.Delay(Retries[attempt], reader.Process.Clock, CancellationToken.None);
            }
        }
    }

    private void Acknowledge(Subscription reader, Letter letter)
    {
        if (reader.IsAttached && reader.Taken.Remove(letter.Number))
            Deliver();
    }
}

/// <summary>One process's reading of one queue, from one connection to its end.</summary>
/// <param name="Process">Who reads.</param>
/// <param name="Prefetch">Letters it may have at once.</param>
/// <param name="IsExclusive">Only the first of the readers is served; the others wait for its end.</param>
/// <param name="Work">Ends when the letter may be forgotten.</param>
internal sealed record Subscription(SimProcess Process, int Prefetch, bool IsExclusive, Func<Letter, Task> Work)
{
    public SortedDictionary<long, Letter> Taken { get; } = [];

    public bool IsAttached { get; set; } = true;

    public bool HasRoom => Taken.Count < Prefetch;
}
