using System.Security.Authentication;
using Kontena.Core.Tls;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Kontena.State.Redis;

/// <summary>The one connection to Redis. The client reconnects by itself; this makes it, watches it and writes down when it goes and comes.</summary>
internal sealed class RedisConnection : IDisposable
{
    private static readonly TimeSpan QuietAfterLine = TimeSpan.FromSeconds(10);

    private readonly ConfigurationOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _connecting = new(1);
    private readonly Lock _guard = new();
    private volatile ConnectionMultiplexer? _multiplexer;
    private long _lastLine;
    private bool _awayLogged;
    private volatile bool _closed;

    /// <param name="trust">Which certificates the server may show; used with <c>ssl=true</c>.</param>
    /// <param name="allowPlain">The server may be on another machine and without TLS.</param>
    /// <exception cref="ArgumentException">The setting can't be read.</exception>
    /// <exception cref="OptionsValidationException">It names another machine without TLS, and may not.</exception>
    public RedisConnection(string setting, TimeProvider time, ILogger logger, CertificateTrust? trust = null, bool allowPlain = false)
    {
        _options = Read(setting);
        if (!_options.Ssl && !allowPlain && _options.EndPoints.Select(HostOf).FirstOrDefault(host => !PlainWire.StaysHere(host)) is { } away)
        {
            throw new OptionsValidationException("Kontena:State:Redis", typeof(RedisConnection),
                [
                    $"Kontena:State:Redis names {away} without TLS, so that its password and all state could be read and changed on the way; expected host:port,password=…,ssl=true,"
                    + $" or {PlainWire.AllowKey}=true where a tunnel protects the way",
                ]);
        }

        if (_options.Ssl)
        {
            var check = (trust ?? CertificateTrust.OfSystem).CallbackFor(_options.SslHost ?? HostOf(_options.EndPoints[0]));
            _options.CertificateValidation += (sender, certificate, chain, errors) =>
            {
                try
                {
                    return check(sender, certificate, chain, errors);
                }
                catch (AuthenticationException refused)
                {
                    Diagnosis = refused.Message;
                    return false;
                }
            };
        }

        _time = time;
        _logger = logger;
    }

    /// <summary>Raised when Redis is back, perhaps with other content.</summary>
    public event Action? Restored;

    /// <summary>Host and port, without the password.</summary>
    public string Address => string.Join(", ", _options.EndPoints.Select(Text));

    public bool IsConnected => _multiplexer is { IsConnected: true };

    /// <summary>Cause and remedy of the present outage, as far as it was looked into.</summary>
    public string? Diagnosis { get; private set; }

    /// <summary>Finds out why there is no connection, unless there is one.</summary>
    public async Task DiagnoseAsync(CancellationToken cancellationToken)
    {
        if (!IsConnected && !_options.Ssl)
            Diagnosis = await RedisProbe.WhyAsync(_options.EndPoints[0], _options.Password, _time, cancellationToken);
    }

    public async Task<IDatabase> DatabaseAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        if (_multiplexer is { } known)
            return known.GetDatabase();
        await _connecting.WaitAsync(cancellationToken);
        try
        {
            if (_multiplexer is null)
            {
                var made = await ConnectionMultiplexer.ConnectAsync(_options);
                made.ConnectionFailed += (_, happened) => Failed(happened);
                made.ConnectionRestored += (_, happened) => Returned(happened);
                if (_closed)
                    made.Dispose();
                else if (!made.IsConnected)
                    LogAway("no answer yet");
                _multiplexer = made;
                _ = CheckDurabilityAsync(made);
            }

            return _multiplexer.GetDatabase();
        }
        finally
        {
            _connecting.Release();
        }
    }

    public void Dispose()
    {
        _closed = true;
        _multiplexer?.Close(allowCommandsToComplete: false);
        _multiplexer?.Dispose();
    }

    private static ConfigurationOptions Read(string setting)
    {
        ConfigurationOptions options;
        try
        {
            options = ConfigurationOptions.Parse(setting);
        }
        catch (ArgumentException)
        {
            // The client's own message would show the password.
            throw new ArgumentException("Kontena:State:Redis can't be read: expected host:port[,password=…]", nameof(setting));
        }

        if (options.EndPoints.Count == 0)
            throw new ArgumentException("Kontena:State:Redis names no server: expected host:port[,password=…]", nameof(setting));
        options.AbortOnConnectFail = false;
        options.ConnectTimeout = 2000;
        options.ReconnectRetryPolicy = new LinearRetry(500);
        options.KeepAlive = 5;
        options.AllowAdmin = true;
        options.ClientName ??= "kontena";
        return options;
    }

    private static string HostOf(System.Net.EndPoint point) => point switch
    {
        System.Net.DnsEndPoint name => name.Host,
        System.Net.IPEndPoint address => address.Address.ToString(),
        _ => point.ToString() ?? "",
    };

    private static string Text(System.Net.EndPoint point) => point switch
    {
        System.Net.DnsEndPoint name => $"{name.Host}:{name.Port}",
        _ => point.ToString() ?? "?",
    };

    private void Failed(ConnectionFailedEventArgs happened)
    {
        if (happened.ConnectionType == ConnectionType.Interactive)
            LogAway(happened.FailureType.ToString());
    }

    private void Returned(ConnectionFailedEventArgs happened)
    {
        if (happened.ConnectionType != ConnectionType.Interactive)
            return;
        Diagnosis = null;
        Restored?.Invoke();
        bool log;
        lock (_guard)
        {
            log = _awayLogged;
            _awayLogged = false;
        }

        if (log)
            _logger.LogInformation("Redis {Address} answers again", Address);
        if (_multiplexer is { } multiplexer)
            _ = CheckDurabilityAsync(multiplexer);
    }

    // A server that loads its data accepts and drops connections many times a second.
    private void LogAway(string cause)
    {
        lock (_guard)
        {
            var now = _time.GetTimestamp();
            if (_awayLogged || (_lastLine != 0 && _time.GetElapsedTime(_lastLine, now) < QuietAfterLine))
                return;
            _lastLine = now;
            _awayLogged = true;
        }

        _logger.LogWarning("Redis {Address} is away ({Cause}); trying again until it answers", Address, cause);
    }

    private async Task CheckDurabilityAsync(ConnectionMultiplexer multiplexer)
    {
        try
        {
            foreach (var point in multiplexer.GetEndPoints())
            {
                var settings = (await multiplexer.GetServer(point).ConfigGetAsync("append*")).ToDictionary(one => one.Key, one => one.Value);
                if (settings.GetValueOrDefault("appendonly") != "yes" || settings.GetValueOrDefault("appendfsync") != "always")
                {
                    _logger.LogWarning(
                        "Redis {Address} may lose acknowledged changes when it dies: set appendonly yes and appendfsync always", Text(point));
                }
            }
        }
        catch (Exception unknown) when (unknown is RedisException or TimeoutException or ObjectDisposedException or OperationCanceledException)
        {
            // Away, or CONFIG is not allowed: then it can't be told from here.
            _logger.LogDebug("Redis durability settings not read: {Cause}", unknown.Message);
        }
    }
}
