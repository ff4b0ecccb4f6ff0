using System.Text.Json;
using Kontena.Contracts;
using Kontena.Contracts.Identity;
using Kontena.Contracts.Messaging;
using MassTransit;

namespace Kontena.Hosting.Bus;

/// <summary>What a consumer works on, and for whom: for what is written down far below it.</summary>
/// <param name="Message">As it was sent.</param>
/// <param name="Caller">Who asked for it at the front door; the platform itself when nobody did.</param>
/// <param name="Id">The same when it is tried again, or delivered again; null for one that came without.</param>
public sealed record MessageUnderWay(object Message, Caller Caller, string? Id)
{
    private static readonly AsyncLocal<MessageUnderWay?> Here = new();

    /// <summary>Null outside a consumer.</summary>
    public static MessageUnderWay? Current => Here.Value;

    /// <summary>Holds for what is awaited from here.</summary>
    internal static void Begin(MessageUnderWay work) => Here.Value = work;
}

/// <summary>For whom a message was sent.</summary>
public static class CallerOfMessage
{
    /// <summary>Header with the <see cref="Caller"/> as JSON.</summary>
    public const string Header = "kontena-caller";

    /// <summary>A longer one is nobody's: address, name and program are bounded far below.</summary>
    private const int Longest = 4096;

    /// <summary>For whom nobody asked.</summary>
    public static readonly Caller System = new() { Id = "system", Name = "system", Kind = CallerKind.System };

    /// <summary>As whoever sent it says. A node is believed nothing: it asks for nobody but itself.</summary>
    public static Caller CalledBy(this ConsumeContext context) => Read(context.SentBy(), context.Headers.Get<string>(Header));

    internal static string Write(Caller caller) => JsonSerializer.Serialize(caller, KontenaJson.Default.Caller);

    internal static Caller Read(NodeOutlet? sender, string? header)
    {
        if (sender is not null)
            return new Caller { Id = sender.Node, Name = sender.Node, Kind = CallerKind.Node };
        if (header is not { Length: > 0 and <= Longest })
            return System;
        try
        {
            return JsonSerializer.Deserialize(header, KontenaJson.Default.Caller) ?? System;
        }
        catch (JsonException)
        {
            // From another version, or from somebody who writes to the broker by hand.
            return System;
        }
    }
}

/// <summary>Keeps at hand what is worked on.</summary>
internal sealed class CallerFilter<T> : IFilter<ConsumeContext<T>>
    where T : class
{
    public async Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
    {
        MessageUnderWay.Begin(new MessageUnderWay(context.Message, context.CalledBy(), context.MessageId?.ToString("N")));
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("caller");
}
