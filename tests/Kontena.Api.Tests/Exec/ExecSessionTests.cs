using FsCheck;
using FsCheck.Fluent;
using Kontena.Api.Exec;
using Kontena.Contracts.Exec;

namespace Kontena.Api.Tests.Exec;

public sealed class ExecSessionTests
{
    [Fact]
    public void Any_order_of_arrival_gives_the_order_of_writing() =>
        Prop.ForAll(Gen.Choose(1, 60).SelectMany(count => Gen.Shuffle(Enumerable.Range(1, count).ToArray())).ToArbitrary(), arrival =>
        {
            var order = new OutputOrder();
            var handedOn = arrival.SelectMany(number => order.Accept(Output(number))!.Concat(order.Accept(Output(number))!)).Select(one => one.Sequence);
            return handedOn.SequenceEqual(Enumerable.Range(1, arrival.Length).Select(number => (long)number)) && !order.HasGap;
        }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public async Task Output_behind_a_hole_that_never_fills_is_bounded()
    {
        var session = new ExecSession("s");
        for (var number = 2; number <= OutputOrder.MostWaiting + 3; number++)
            session.Deliver(Output(number));

        Assert.IsType<ExecEvent.Failed>(Assert.Single(await AllAsync(session)));
    }

    [Fact]
    public async Task A_flood_ends_the_session_instead_of_filling_the_memory()
    {
        var session = new ExecSession("s");
        for (var number = 1; number <= 100; number++)
            session.Deliver(Output(number) with { Chunk = new byte[100_000] });

        var events = await AllAsync(session);

        Assert.Contains("faster than the client took it", Assert.IsType<ExecEvent.Failed>(events[^1]).Reason);
        Assert.True(events.OfType<ExecEvent.Output>().Sum(one => one.Chunk.Length) <= ExecSession.MostBytesWaiting);
    }

    [Fact]
    public async Task Nothing_follows_the_end()
    {
        var session = new ExecSession("s");
        session.Deliver(Output(1) with { ExitCode = 0 });
        session.Deliver(Output(2));
        session.End(new ExecEvent.ClientLeft());

        Assert.Equal([typeof(ExecEvent.Output), typeof(ExecEvent.Exited)], (await AllAsync(session)).Select(one => one.GetType()));
    }

    private static ExecOutput Output(long number) => new() { SessionId = "s", Sequence = number, Stream = "stdout", Chunk = [1] };

    private static async Task<List<ExecEvent>> AllAsync(ExecSession session)
    {
        var events = new List<ExecEvent>();
        await foreach (var next in session.ReadAsync(TestContext.Current.CancellationToken))
            events.Add(next);
        return events;
    }
}
