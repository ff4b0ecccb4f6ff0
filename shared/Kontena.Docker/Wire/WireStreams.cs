using System.Text.Json.Serialization;

namespace Kontena.Docker.Wire;

internal sealed record WireEvent
{
    public string? Type { get; init; }
    public string? Action { get; init; }
    public WireActor? Actor { get; init; }

    [JsonPropertyName("time")]
    public long Time { get; init; }

    [JsonPropertyName("timeNano")]
    public long TimeNano { get; init; }
}

internal sealed record WireActor(string? ID, Dictionary<string, string>? Attributes);

internal sealed record WireStats
{
    [JsonPropertyName("read")]
    public string? Read { get; init; }

    [JsonPropertyName("cpu_stats")]
    public WireCpuStats? Cpu { get; init; }

    [JsonPropertyName("memory_stats")]
    public WireMemoryStats? Memory { get; init; }

    [JsonPropertyName("networks")]
    public Dictionary<string, WireInterfaceStats>? Networks { get; init; }
}

internal sealed record WireCpuStats([property: JsonPropertyName("cpu_usage")] WireCpuUsage? Usage);

internal sealed record WireCpuUsage([property: JsonPropertyName("total_usage")] ulong Total);

internal sealed record WireMemoryStats
{
    [JsonPropertyName("usage")]
    public ulong Usage { get; init; }

    [JsonPropertyName("limit")]
    public ulong Limit { get; init; }

    [JsonPropertyName("stats")]
    public Dictionary<string, ulong>? Stats { get; init; }
}

internal sealed record WireInterfaceStats(
    [property: JsonPropertyName("rx_bytes")] ulong RxBytes,
    [property: JsonPropertyName("tx_bytes")] ulong TxBytes);

internal sealed record WireCreateExec
{
    public bool AttachStdin { get; init; }
    public bool AttachStdout { get; init; } = true;
    public bool AttachStderr { get; init; } = true;
    public bool Tty { get; init; }
    public required IReadOnlyList<string> Cmd { get; init; }
    public IReadOnlyList<string>? Env { get; init; }
}

internal sealed record WireStartExec(bool Detach, bool Tty);

internal sealed record WireExec(bool Running, int? ExitCode);
