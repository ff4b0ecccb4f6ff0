using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Kontena.Core.Tls;
using Kontena.Hosting.Tls;
using Xunit;

namespace Kontena.Testing.Redis;

/// <summary>A redis-server of the test's own: a free loopback port, a private directory, a password, every write on disk before it is answered.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private const string Program = "/usr/bin/redis-server";
    private const string Password = "test-password";
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(30);

    private readonly string _directory = Directory.CreateTempSubdirectory("kontena-redis-").FullName;
    private readonly int _port = FreePort.Take(1)[0];
    private readonly CertificateFolder? _tls;
    private Process? _process;

    private RedisServer(bool tls = false)
    {
        if (!tls)
            return;
        _tls = new CertificateFolder(Path.Combine(_directory, "tls"), TimeProvider.System);
        _tls.Ensure(["localhost", "127.0.0.1"]);
    }

    /// <summary>As <c>Kontena:State:Redis</c> takes it.</summary>
    public string ConnectionString => $"127.0.0.1:{_port},password={Password}{(_tls is null ? "" : ",ssl=true")}";

    public int Port => _port;

    /// <summary>Where everything is that it has written.</summary>
    public string DataDirectory => _directory;

    /// <summary>The authority that has signed its certificate; only with TLS.</summary>
    public string CaFile => _tls?.CaFile ?? throw new InvalidOperationException("this server speaks no TLS");

    /// <summary>Skips the test where redis-server is not installed.</summary>
    /// <param name="tls">As <c>infra/up</c> has it: TLS only, with an authority of its own.</param>
    public static async Task<RedisServer> StartNewAsync(CancellationToken cancellationToken, bool tls = false)
    {
        SkipUnlessInstalled();
        var server = new RedisServer(tls);
        try
        {
            await server.StartAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A server that was not started yet: its address is known, nobody answers there.</summary>
    public static RedisServer Prepare() => new();

    public static void SkipUnlessInstalled() => Assert.SkipUnless(File.Exists(Program), $"{Program} is not installed");

    /// <summary>Starts it, also again after <see cref="KillAsync"/>, on the same port and data; returns when it answers.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_process is { HasExited: false })
            throw new InvalidOperationException("it runs already");
        var start = new ProcessStartInfo(Program) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _directory };
        foreach (var argument in (string[])
            [
                "--port", _tls is null ? $"{_port}" : "0", "--bind", "127.0.0.1", "--dir", _directory, "--requirepass", Password,
                "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--daemonize", "no",
                .. _tls is null ? (string[])[] :
                [
                    "--tls-port", $"{_port}", "--tls-cert-file", _tls.CertificateFile, "--tls-key-file", _tls.KeyFile, "--tls-ca-cert-file", _tls.CaFile, "--tls-auth-clients", "no",
                ],
            ])
        {
            start.ArgumentList.Add(argument);
        }

        var output = new StringBuilder();
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{Program} did not start");
        _process.OutputDataReceived += (_, line) => output.AppendLine(line.Data);
        _process.ErrorDataReceived += (_, line) => output.AppendLine(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        var began = TimeProvider.System.GetTimestamp();
        while (!await AnswersAsync(cancellationToken))
        {
            if (_process.HasExited || TimeProvider.System.GetElapsedTime(began) > StartDeadline)
                throw new InvalidOperationException($"redis-server does not answer on port {_port}:\n{output}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary><c>kill -9</c>: no farewell, no last write.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        if (_process is null)
            return;
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync(cancellationToken);
        _process.Dispose();
        _process = null;
    }

    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        await KillAsync(cancellationToken);
        await StartAsync(cancellationToken);
    }

    /// <summary>Stops it in its tracks: connections stay open, nothing is answered.</summary>
    public Task FreezeAsync(CancellationToken cancellationToken) => SignalAsync("-STOP", cancellationToken);

    public Task ThawAsync(CancellationToken cancellationToken) => SignalAsync("-CONT", cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await KillAsync(CancellationToken.None);
        Directory.Delete(_directory, recursive: true);
    }

    private async Task SignalAsync(string signal, CancellationToken cancellationToken)
    {
        var process = _process ?? throw new InvalidOperationException("it does not run");
        using var kill = Process.Start("/bin/kill", [signal, $"{process.Id}"]);
        await kill.WaitForExitAsync(cancellationToken);
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, _port, cancellationToken);
            await using Stream stream = _tls is null ? client.GetStream() : await SecureAsync(client, cancellationToken);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"AUTH {Password}\r\nPING\r\nQUIT\r\n"), cancellationToken);
            using var reader = new StreamReader(stream, Encoding.ASCII);
            return (await reader.ReadToEndAsync(cancellationToken)).Contains("+PONG", StringComparison.Ordinal);
        }
        catch (Exception notYet) when (notYet is SocketException or IOException)
        {
            return false;
        }
    }

    /// <summary>The server's end of this connection is believed only with its own authority.</summary>
    public async Task<SslStream> SecureAsync(TcpClient client, CancellationToken cancellationToken)
    {
        var secure = new SslStream(client.GetStream(), false, CertificateTrust.OfFile(CaFile, TimeProvider.System).CallbackFor("127.0.0.1"));
        await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "127.0.0.1" }, cancellationToken);
        return secure;
    }
}
