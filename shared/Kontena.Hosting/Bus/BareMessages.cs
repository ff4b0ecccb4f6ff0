using System.Net.Mime;
using System.Text.Json;
using Kontena.Contracts;
using Kontena.Contracts.Events;
using MassTransit;
using MassTransit.Serialization;

namespace Kontena.Hosting.Bus;

/// <summary>Messages that also others than Kontena read: their JSON is all there is, where ours have MassTransit's envelope around them.</summary>
internal static class BareMessages
{
    private static readonly ContentType CloudEvents = new(CloudEvent.MediaType);

    /// <returns>Null for a message of ours.</returns>
    public static IMessageSerializer? SerializerOf(object message) => message is CloudEvent occurred
        ? new CopyBodySerializer(CloudEvents, new BytesMessageBody(JsonSerializer.SerializeToUtf8Bytes(occurred, KontenaJson.Default.CloudEvent)))
        : null;
}
