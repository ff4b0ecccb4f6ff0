using System.Collections.Concurrent;
using System.Threading.Channels;
using Kontena.GridManager.Identities;
using Kontena.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Kontena.GridManager.Tests.Identities;

public sealed class BrokerUserKeeperTests
{
    private readonly PausesHeard _clock = new();
    private readonly Warnings _log = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_looks_at_the_start_on_news_and_every_half_minute()
    {
        using var keeper = new Keeper(_clock, _log);
        await keeper.StartAsync(Cancelled);
        await _clock.PauseAsync(Cancelled);
        Assert.Equal(1, keeper.Looks);

        keeper.LookNow();
        await _clock.PauseAsync(Cancelled);
        Assert.Equal(2, keeper.Looks);

        _clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(2, keeper.Looks);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await _clock.PauseAsync(Cancelled);
        Assert.Equal(3, keeper.Looks);
        await keeper.StopAsync(Cancelled);
    }

    [Fact]
    public async Task News_that_come_while_it_looks_are_one_more_look()
    {
        using var keeper = new Keeper(_clock, _log);
        var behind = new List<bool>();
        keeper.During = () =>
        {
            behind.Add(keeper.IsBehind);
            if (keeper.Looks > 1)
                return;
            keeper.LookNow();
            keeper.LookNow();
            behind.Add(keeper.IsBehind);
        };
        await keeper.StartAsync(Cancelled);
        // The pause after the first look is over at once.
        await _clock.PauseAsync(Cancelled);
        await _clock.PauseAsync(Cancelled);
        Assert.Equal(2, keeper.Looks);
        Assert.Equal([false, true, false], behind);
        await keeper.StopAsync(Cancelled);
    }

    [Fact]
    public async Task What_is_wrong_is_said_once_until_a_look_has_passed_without_it()
    {
        string?[] failures = ["refused", "refused", null, "refused"];
        using var keeper = new Keeper(_clock, _log);
        keeper.During = () =>
        {
            keeper.Remark("one user is nobody's");
            if (failures[keeper.Looks - 1] is { } failure)
                throw new HttpRequestException(failure);
        };
        await keeper.StartAsync(Cancelled);
        await _clock.PauseAsync(Cancelled);
        foreach (var _ in failures.Skip(1))
        {
            keeper.LookNow();
            await _clock.PauseAsync(Cancelled);
        }

        await keeper.StopAsync(Cancelled);
        const string failed = "The broker users of somebody can't be looked after; tried again every 30 s: refused";
        Assert.Equal(["one user is nobody's", failed, failed], _log.Lines);
    }

    private sealed class Keeper(TimeProvider time, ILogger logger) : BrokerUserKeeper("somebody", time, logger)
    {
        public int Looks { get; private set; }

        public Action During { get; set; } = () => { };

        public bool IsBehind => HasNews;

        public void Remark(string line) => Say(line);

        protected override Task LookAsync(CancellationToken cancellationToken)
        {
            Looks++;
            During();
            return Task.CompletedTask;
        }
    }

    /// <summary>A pause is a timer: whoever waits for one knows that the look before it is over.</summary>
    private sealed class PausesHeard : TimeProvider
    {
        private readonly TestClock _clock = new();
        private readonly Channel<bool> _pauses = Channel.CreateUnbounded<bool>();

        public async Task PauseAsync(CancellationToken cancellationToken) => await _pauses.Reader.ReadAsync(cancellationToken);

        public void Advance(TimeSpan by) => _clock.Advance(by);

        public override DateTimeOffset GetUtcNow() => _clock.GetUtcNow();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = _clock.CreateTimer(callback, state, dueTime, period);
            _pauses.Writer.TryWrite(true);
            return timer;
        }
    }

    private sealed class Warnings : ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyList<string> Lines => [.. _lines];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                _lines.Enqueue(formatter(state, exception));
        }
    }
}
