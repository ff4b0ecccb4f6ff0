using System.Globalization;
using Kontena.Simulation.Tests.Time;

namespace Kontena.Simulation.Tests.Runs;

/// <summary>What happened: a hash over all of it, and the last events in words for who has to understand a failure.</summary>
internal sealed class Trace(Timeline timeline)
{
    private const int Kept = 400;

    private readonly Event[] _last = new Event[Kept];
    private long _count;

    /// <summary>Equal for two runs exactly when they did the same.</summary>
    public ulong Hash { get; private set; } = 14695981039346656037;

    /// <summary>Copies every event, not only the last, while it is set.</summary>
    public Action<string>? Follow { get; set; }

    /// <param name="who">Whose doing; null: the world's.</param>
    /// <param name="what">A fixed phrase.</param>
    /// <param name="about">What it is about: a text is part of the hash, anything else is only shown.</param>
    /// <param name="number">More about it.</param>
    public void Note(SimProcess? who, string what, object? about = null, long number = 0) => Note(who, what, about as string, about, number);

    public void Note(SimProcess? who, string what, string? subject, object? shown, long number = 0)
    {
        Mix((ulong)timeline.Now);
        Mix((ulong)(who?.Mark ?? 0));
        Mix(what);
        Mix((ulong)number);
        if (subject is not null)
            Mix(subject);
        var happened = new Event(timeline.Now, who?.Name ?? "world", what, subject, shown, number);
        _last[_count++ % Kept] = happened;
        Follow?.Invoke(happened.ToString());
    }

    public IEnumerable<string> Last(int most)
    {
        for (var at = Math.Max(0, _count - Math.Min(most, Kept)); at < _count; at++)
            yield return _last[at % Kept].ToString();
    }

    private void Mix(ulong value) => Hash = (Hash ^ value) * 1099511628211;

    private void Mix(string text)
    {
        foreach (var character in text)
            Hash = (Hash ^ character) * 1099511628211;
    }

    private readonly record struct Event(long At, string Who, string What, string? Subject, object? Shown, long Number)
    {
        public override string ToString()
        {
            var time = TimeSpan.FromTicks(At).ToString(@"hh\:mm\:ss\.ffff", CultureInfo.InvariantCulture);
            var shown = ReferenceEquals(Shown, Subject) ? "" : $" {Shown}";
            return $"{time} {Who,-12} {What} {Subject}{(Number == 0 ? "" : $" #{Number}")}{shown}".TrimEnd();
        }
    }
}
