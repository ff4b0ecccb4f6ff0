using Kontena.NodeAgent.Networking.Overlay;
using Xunit;

namespace Kontena.NodeAgent.Tests.Networking.Overlay;

public sealed class BridgeFilterTests : IDisposable
{
    private static readonly string[] Tables = ["bridge-nf-call-iptables", "bridge-nf-call-ip6tables", "bridge-nf-call-arptables"];
    private readonly string _folder = Directory.CreateTempSubdirectory("kontena-bridge-").FullName;
    private readonly PaperKernel _kernel;

    public BridgeFilterTests() => _kernel = new PaperKernel(Path.Combine(_folder, "net"), Path.Combine(_folder, "class"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Only_the_grids_bridge_asks_the_firewall_when_the_module_is_loaded_for_it()
    {
        Assert.Null(await EnsureAsync());
        Assert.Equal(["modprobe br_netfilter", "ip link set dev kontena-b type bridge nf_call_iptables 1"], _kernel.Ran);
        Assert.All(Tables, table => Assert.Equal("0", _kernel.Read(table)));
        _kernel.Ran.Clear();
        Assert.Null(await EnsureAsync());
        Assert.Empty(_kernel.Ran);
    }

    [Fact]
    public async Task What_others_have_set_stays_where_the_module_was_there()
    {
        _kernel.Load();
        Assert.Null(await EnsureAsync());
        Assert.All(Tables, table => Assert.Equal("1", _kernel.Read(table)));
    }

    [Fact]
    public async Task A_kernel_without_the_module_is_told_of()
    {
        _kernel.CanLoad = false;
        Assert.Contains("no br_netfilter", await EnsureAsync(), StringComparison.Ordinal);
    }

    private Task<string?> EnsureAsync() =>
        new BridgeFilter(_kernel) { Kernel = _kernel.Net, Interfaces = _kernel.Class }.EnsureAsync("kontena-b", TestContext.Current.CancellationToken);

    /// <summary>The module's switches as it makes them, and one bridge.</summary>
    private sealed class PaperKernel(string net, string classes) : IHostCommands
    {
        public string Net => net;
        public string Class => classes;
        public bool CanLoad { get; set; } = true;
        public List<string> Ran { get; } = [];

        public string Read(string table) => File.ReadAllText(Path.Combine(net, table));

        public void Load()
        {
            Directory.CreateDirectory(net);
            foreach (var table in Tables)
                File.WriteAllText(Path.Combine(net, table), "1");
        }

        public Task<CommandOutput> RunAsync(HostCommand command, string? input, CancellationToken cancellationToken)
        {
            Ran.Add($"{command}");
            if (command.Program == "modprobe" && CanLoad)
                Load();
            if (command.Program == "ip")
            {
                Directory.CreateDirectory(Path.Combine(classes, "kontena-b", "bridge"));
                File.WriteAllText(Path.Combine(classes, "kontena-b", "bridge", "nf_call_iptables"), "1\n");
            }

            return Task.FromResult(new CommandOutput(0, "", ""));
        }
    }
}
