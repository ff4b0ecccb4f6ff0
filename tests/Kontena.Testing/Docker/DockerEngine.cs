using Kontena.Docker;
using Xunit;

namespace Kontena.Testing.Docker;

/// <summary>
/// A real Docker Engine for tests, named by <c>KONTENA_TEST_DOCKER</c> (<c>infra/lib/sandbox CMD…</c> starts one and sets it),
/// with the images of <see cref="TinyImages"/>. Tests call <see cref="Require"/> first and are skipped where there is none.
/// </summary>
public sealed class DockerEngine : IAsyncLifetime
{
    public const string Variable = "KONTENA_TEST_DOCKER";

    private DockerEngineClient? _client;

    /// <summary>The engine's address, or null where there is none.</summary>
    public static string? Address => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } address ? address : null;

    /// <summary>The client of this fixture; skips the running test when there is no engine.</summary>
    public DockerEngineClient Require()
    {
        Assert.SkipUnless(_client is not null, $"no Docker Engine: {Variable} is not set (run the tests with infra/lib/sandbox)");
        return _client!;
    }

    public async ValueTask InitializeAsync()
    {
        if (Address is not { } address) return;
        _client = new DockerEngineClient(EngineAddress.Parse(address), TimeProvider.System);
        await TinyImages.BuildAsync(_client, TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _client?.Dispose();
        return ValueTask.CompletedTask;
    }
}
