using Kontena.NodeAgent.Networking.Overlay;
using Kontena.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kontena.NodeAgent.Tests.Networking.Overlay;

public sealed class WireGuardKeysTests : IDisposable
{
    private readonly KeyMaker _maker = new();
    private readonly NodeAgentOptions _options = new() { DataDirectory = Directory.CreateTempSubdirectory("kontena-keys-").FullName };
    private readonly TestClock _clock = new();

    public void Dispose() => Directory.Delete(_options.DataDirectory, recursive: true);

    [Fact]
    public async Task A_key_is_made_once_and_kept()
    {
        Assert.Equal("public-1", await Keys().PublicAsync(CancellationToken.None));
        Assert.Equal("public-1", await Keys().PublicAsync(CancellationToken.None));
    }

    [Fact]
    public async Task The_next_key_is_used_only_when_every_node_has_had_time_to_know_it()
    {
        var keys = Keys();
        await keys.BeginRotationAsync(CancellationToken.None);
        await keys.BeginRotationAsync(CancellationToken.None);
        Assert.Equal(("public-1", "public-2"), (await keys.PublicAsync(CancellationToken.None), await keys.NextAsync(CancellationToken.None)));

        await AdvanceAsync(keys, null, WireGuardKeys.Spreading * 2);
        Assert.Equal("public-1", await keys.PublicAsync(CancellationToken.None)); // Nobody knows the other yet.
        await AdvanceAsync(keys, "public-2", WireGuardKeys.Spreading / 2);
        Assert.Equal("public-1", await keys.PublicAsync(CancellationToken.None));
        await AdvanceAsync(keys, "public-2", WireGuardKeys.Spreading);
        Assert.Equal(("public-2", null), (await keys.PublicAsync(CancellationToken.None), await keys.NextAsync(CancellationToken.None)));
        Assert.Equal("public-2", await Keys().PublicAsync(CancellationToken.None));
    }

    private WireGuardKeys Keys() => new(_options, _maker, _clock, NullLogger<WireGuardKeys>.Instance);

    private async Task AdvanceAsync(WireGuardKeys keys, string? inMap, TimeSpan time)
    {
        await keys.AdvanceAsync(inMap, CancellationToken.None);
        _clock.Advance(time);
        await keys.AdvanceAsync(inMap, CancellationToken.None);
    }

    private sealed class KeyMaker : IHostCommands
    {
        private int _made;

        public Task<CommandOutput> RunAsync(HostCommand command, string? input, CancellationToken cancellationToken) => Task.FromResult(command.Arguments[0] switch
        {
            "genkey" => new CommandOutput(0, $"private-{++_made}\n", ""),
            "pubkey" => new CommandOutput(0, input!.Replace("private", "public", StringComparison.Ordinal), ""),
            _ => new CommandOutput(CommandOutput.Missing, "", "not understood"),
        });
    }
}
