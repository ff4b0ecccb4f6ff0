using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Kontena.Contracts.Logs;

namespace Kontena.LogCollector.Ingest;

/// <summary>A name that is equal for two deliveries of one batch: sixteen bytes over everything in it.</summary>
/// <remarks>
/// The broker may deliver twice; engine timestamps are fine enough that two batches are never alike. An agent that starts again may cut the same
/// lines into other batches: those few are stored twice, which loses nothing.
/// </remarks>
internal static class BatchKey
{
    public static byte[] Of(LogBatch batch)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, batch.Grid);
        Append(hash, batch.Node);
        foreach (var line in batch.Lines)
        {
            Append(hash, line.InstanceId);
            Append(hash, line.ContainerId);
            Append(hash, line.Stream);
            Append(hash, line.At.UtcTicks);
            Append(hash, line.Text);
        }

        return hash.GetHashAndReset()[..16];
    }

    private static void Append(IncrementalHash hash, string text)
    {
        Append(hash, text.Length);
        hash.AppendData(Encoding.UTF8.GetBytes(text));
    }

    private static void Append(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
