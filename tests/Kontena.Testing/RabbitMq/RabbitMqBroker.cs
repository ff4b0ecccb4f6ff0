using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Kontena.Hosting.Tls;
using Xunit;

namespace Kontena.Testing.RabbitMq;

/// <summary>A real RabbitMQ of this test assembly: own directories, own epmd, loopback only, management plugin on.</summary>
/// <remarks>
/// Booting takes about ten seconds, so share one per assembly (<c>[assembly: AssemblyFixture(typeof(RabbitMqBroker))]</c>); it boots when the first
/// test asks for a <see cref="NewVirtualHostAsync">virtual host</see>. Tests that kill it belong in one collection with all others that use it.
/// </remarks>
public sealed class RabbitMqBroker : IAsyncLifetime
{
    private const string Server = "/usr/lib/rabbitmq/bin/rabbitmq-server";
    private const string Control = "/usr/lib/rabbitmq/bin/rabbitmqctl";
    private const string Login = "kontena";
    private static readonly TimeSpan BootLimit = TimeSpan.FromSeconds(90);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly string _directory = Directory.CreateTempSubdirectory("kontena-rabbitmq-").FullName;
    private readonly int[] _ports = FreePort.Take(4);
    private readonly HttpClient _http;
    private Process? _epmd;
    private Process? _server;
    private Process? _guard;
    private int _virtualHosts;
    private CertificateFolder? _tls;

    public RabbitMqBroker()
    {
        _http = new HttpClient { BaseAddress = Management, Timeout = TimeSpan.FromSeconds(10) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Login}:{Login}")));
    }

    /// <summary>Why the tests that need the broker are skipped; null when they can run.</summary>
    public static string? Missing => File.Exists(Server) ? null : $"RabbitMQ is not installed ({Server} is missing)";

    /// <summary>The management API; user and password are both <c>kontena</c>.</summary>
    public Uri Management => new($"http://127.0.0.1:{_ports[1]}/");

    /// <summary>Where everything is that it has written.</summary>
    public string DataDirectory => _directory;

    /// <summary>The authority that has signed the broker's certificate, once it <see cref="SpeakTls">speaks TLS</see>.</summary>
    public string CaFile => _tls?.CaFile ?? throw new InvalidOperationException("this broker speaks no TLS");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>As <c>infra/up</c> has it: TLS only, with an authority of its own. Before the first virtual host; again is harmless.</summary>
    public void SpeakTls()
    {
        if (_tls is not null)
            return;
        _tls = new CertificateFolder(Path.Combine(_directory, "tls"), TimeProvider.System);
        _tls.Ensure(["localhost", "127.0.0.1"]);
    }

    /// <summary>Boots the broker if need be and gives the <c>amqp://</c> address of a new, empty virtual host.</summary>
    public async Task<string> NewVirtualHostAsync(CancellationToken cancellationToken)
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        await StartAsync(cancellationToken);
        var name = $"test-{Interlocked.Increment(ref _virtualHosts)}";
        (await _http.PutAsync($"api/vhosts/{name}", null, cancellationToken)).EnsureSuccessStatusCode();
        (await _http.PutAsJsonAsync(
            $"api/permissions/{name}/{Login}", new { configure = ".*", write = ".*", read = ".*" }, cancellationToken)).EnsureSuccessStatusCode();
        return AddressOf(name);
    }

    /// <summary>The address a virtual host has or would have; nothing is started.</summary>
    public string AddressOf(string virtualHost) =>
        $"{(_tls is null ? "amqp" : "amqps")}://{Login}:{Login}@127.0.0.1:{_ports[0]}/{virtualHost}";

    /// <summary>GET on the management API, e.g. <c>api/queues/test-1</c>.</summary>
    public Task<string> InspectAsync(string path, CancellationToken cancellationToken) => _http.GetStringAsync(path, cancellationToken);

    /// <summary>Boots the broker and returns when it answers; does nothing when it runs.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_server is { HasExited: false })
                return;
            _epmd ??= Run("epmd", ["-address", "127.0.0.1", "-port", $"{_ports[3]}"]);
            WriteConfiguration();
            _server = Run(Server, []);
            Guard();
            await UntilAnswersAsync(cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Has the broker write down now what it would write within seconds: killed before, it forgets the log of a new quorum queue.</summary>
    public async Task RememberAsync(CancellationToken cancellationToken)
    {
        using var control = Run(Control, ["eval", "ok = mnesia:sync_log(), [ok = dets:sync(Table) || Table <- dets:all()]."]);
        await control.WaitForExitAsync(cancellationToken);
        if (control.ExitCode != 0)
            throw new InvalidOperationException($"rabbitmqctl ended with {control.ExitCode}: {await OutputAsync()}");
    }

    /// <summary>kill -9, and returns when the process is gone.</summary>
    public async Task KillAsync()
    {
        if (_server is not { HasExited: false } server)
            return;
        server.Kill();
        await server.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        if (_epmd is { HasExited: false } epmd)
        {
            epmd.Kill();
            await epmd.WaitForExitAsync();
        }

        EndGuard();
        _http.Dispose();
        _gate.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private void WriteConfiguration()
    {
        File.WriteAllText(Path.Combine(_directory, "rabbitmq.conf"), $"""
            {Listeners()}
            management.tcp.ip = 127.0.0.1
            management.tcp.port = {_ports[1]}
            default_user = {Login}
            default_pass = {Login}
            disk_free_limit.absolute = 1MB
            raft.wal_max_size_bytes = 16777216
            management.rates_mode = none
            """);
        File.WriteAllText(Path.Combine(_directory, "advanced.config"), "[].\n");
        File.WriteAllText(Path.Combine(_directory, "env.conf"), "");
        File.WriteAllText(Path.Combine(_directory, "enabled_plugins"), "[rabbitmq_management].\n");
    }

    private string Listeners() => _tls is null ? $"listeners.tcp.1 = 127.0.0.1:{_ports[0]}" : $"""
        listeners.tcp = none
        listeners.ssl.1 = 127.0.0.1:{_ports[0]}
        ssl_options.cacertfile = {_tls.CaFile}
        ssl_options.certfile = {_tls.CertificateFile}
        ssl_options.keyfile = {_tls.KeyFile}
        ssl_options.verify = verify_none
        ssl_options.versions.1 = tlsv1.3
        ssl_options.versions.2 = tlsv1.2
        """;

    private Process Run(string program, string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"exec \"$@\" >>'{_directory}/output.log' 2>&1 </dev/null", "sh", program, .. arguments]);
        var e = start.Environment;
        e["HOME"] = _directory;
        e["RABBITMQ_NODENAME"] = $"test{_ports[0]}@localhost";
        if (_tls is null)
        {
            // They would open a listener without TLS beside the one that is configured.
            e["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1";
            e["RABBITMQ_NODE_PORT"] = $"{_ports[0]}";
        }

        e["RABBITMQ_DIST_PORT"] = $"{_ports[2]}";
        e["RABBITMQ_MNESIA_BASE"] = Path.Combine(_directory, "mnesia");
        e["RABBITMQ_LOG_BASE"] = Path.Combine(_directory, "log");
        e["RABBITMQ_PID_FILE"] = Path.Combine(_directory, "server.pid");
        // All of them, or files in /etc leak in.
        e["RABBITMQ_CONFIG_FILE"] = Path.Combine(_directory, "rabbitmq.conf");
        e["RABBITMQ_ADVANCED_CONFIG_FILE"] = Path.Combine(_directory, "advanced.config");
        e["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(_directory, "env.conf");
        e["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(_directory, "enabled_plugins");
        e["ERL_EPMD_ADDRESS"] = "127.0.0.1";
        e["ERL_EPMD_PORT"] = $"{_ports[3]}";
        e["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}";
        // Makes the script replace itself with the Erlang machine: the process we start is the process we kill.
        e["RUNNING_UNDER_SYSTEMD"] = "1";
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
    }

    /// <summary>A shell that ends the broker and its epmd when this test process is gone without having done so.</summary>
    private void Guard()
    {
        EndGuard();
        _guard = Process.Start(new ProcessStartInfo(
            "/bin/sh", ["-c", $"read _; kill -9 \"$@\" 2>/dev/null; rm -rf '{_directory}'", "sh", $"{_server!.Id}", $"{_epmd!.Id}"])
        { RedirectStandardInput = true });
    }

    private void EndGuard()
    {
        _guard?.Kill();
        _guard?.Dispose();
        _guard = null;
    }

    private async Task UntilAnswersAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(BootLimit, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        while (true)
        {
            if (_server!.HasExited)
                throw new InvalidOperationException($"RabbitMQ ended with {_server.ExitCode} while booting: {await OutputAsync()}");
            try
            {
                // Says 200 only when the node runs and no resource alarm is up.
                using var answer = await _http.GetAsync("api/health/checks/local-alarms", either.Token);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"RabbitMQ did not boot within {BootLimit.TotalSeconds} s: {await OutputAsync()}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
        }
    }

    private async Task<string> OutputAsync()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(_directory, "output.log"));
        return text.Length > 2000 ? text[^2000..] : text;
    }
}
