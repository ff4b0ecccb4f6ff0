using System.Text.Json;
using Kontena.Contracts;
using Kontena.Contracts.Messaging;

namespace Kontena.State.Outbox;

/// <summary>An outbox entry read back into what the sender takes.</summary>
internal sealed record OutboxMail(string EntryId, Destination Destination, object Message)
{
    /// <summary>Null when this version of Kontena can't read the entry; <paramref name="why"/> then says so.</summary>
    public static OutboxMail? Read(OutboxEntry entry, out string why)
    {
        why = "";
        var type = typeof(KontenaJson).Assembly.GetType(entry.Type);
        if (type is null || KontenaJson.Default.GetTypeInfo(type) is not { } json)
        {
            why = $"this version knows no message type {entry.Type}";
            return null;
        }

        try
        {
            var destination = JsonSerializer.Deserialize(entry.DestinationJson, KontenaJson.Default.Destination);
            var message = JsonSerializer.Deserialize(entry.Body, json);
            if (destination is not null && message is not null)
                return new OutboxMail(entry.Id, destination, message);
            why = "its destination or body is null";
        }
        catch (JsonException failure)
        {
            why = $"its JSON is no {type.Name}: {failure.Message}";
        }

        return null;
    }
}
