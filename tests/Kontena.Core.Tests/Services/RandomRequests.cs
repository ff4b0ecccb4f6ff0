using Kontena.Contracts.Services;

namespace Kontena.Core.Tests.Services;

/// <summary>Requests that no sensible client would send, and some that it would; the same for the same seed.</summary>
internal sealed class RandomRequests(int seed)
{
    private static readonly string?[] Texts =
    [
        null, "", " ", "web", "db", "shop/db", "other/", "/", "//", "a/b/c", "-", "=", "A=", "A=1", "==", "node==", "label!=~/(/", "/data", "/data:ro", "x:/y:z", ":::",
        "\0", "\ud800", "SIGRTMIN+", "1m", "99999999999h", "1.2.3s", "host", "container:", "tcp", "http", "10.0.0.1", "*", "1,2,", "null", "[0]", "services", "💥",
    ];

    private readonly Random _random = new(seed);

    public string? Text() => _random.Next(6) == 0 ? new string('w', _random.Next(0, 300)) : Texts[_random.Next(Texts.Length)];

    public ServiceRequest Service() => new()
    {
        Name = Text(),
        Image = Text(),
        Stateful = Maybe(() => _random.Next(2) == 0),
        Instances = Number(),
        ContainerCount = Number(),
        Strategy = Text(),
        User = Text(),
        Entrypoint = Text(),
        Cmd = TextsOf(),
        Env = TextsOf(),
        Secrets = List(() => new SecretRequest(Text(), Text())),
        Certificates = List(() => new CertificateRequest(Text(), Text())),
        Ports = List(() => new PortRequest { Ip = Text(), NodePort = Number(), ContainerPort = Number(), Protocol = Text() }),
        Links = List(() => new LinkRequest(Text(), Text())),
        Volumes = TextsOf(),
        VolumesFrom = TextsOf(),
        Affinity = TextsOf(),
        Memory = Number(),
        MemorySwap = Number(),
        Cpus = Maybe(() => _random.Next(3) switch { 0 => double.NaN, 1 => double.NegativeInfinity, _ => _random.NextDouble() * 8 - 2 }),
        CpuShares = Number(),
        CapAdd = TextsOf(),
        Devices = TextsOf(),
        Net = Text(),
        Pid = Text(),
        LogDriver = Text(),
        LogOpts = _random.Next(2) == 0 ? null : new Dictionary<string, string> { [Text() ?? ""] = Text()! },
        DeployOpts = _random.Next(2) == 0 ? null : new DeployOptsRequest { WaitForPort = Number(), MinHealth = _random.NextDouble() * 3 - 1, Interval = Number() },
        Hooks = _random.Next(2) == 0 ? null : new HooksRequest { PreStart = List(Hook), PostStart = List(Hook), PreStop = List(Hook) },
        HealthCheck = _random.Next(2) == 0 ? null : new HealthCheckRequest { Port = Number(), Protocol = Text(), Uri = Text(), Timeout = Number(), Interval = Number() },
        StopSignal = Text(),
        StopGracePeriod = Text(),
        Force = Maybe(() => true),
    };

    public IReadOnlyList<T>? List<T>(Func<T> one)
        where T : class =>
        _random.Next(2) == 0 ? null : [.. Enumerable.Range(0, _random.Next(5)).Select(_ => _random.Next(8) == 0 ? null! : one())];

    private HookRequest Hook() => new() { Name = Text(), Cmd = Text(), Instances = Text(), Oneshot = Maybe(() => true) };

    private IReadOnlyList<string>? TextsOf() => List(() => Text()!);

    private int? Number() => Maybe(() => _random.Next(4) switch { 0 => int.MinValue, 1 => int.MaxValue, 2 => _random.Next(-2, 3), _ => _random.Next(0, 70_000) });

    private T? Maybe<T>(Func<T> value)
        where T : struct => _random.Next(3) == 0 ? null : value();
}
