using System.Text;
using Kontena.NodeAgent.Networking.Overlay;

namespace Kontena.NodeAgent.Tests.Networking.Overlay;

/// <summary>A firewall on paper: understands <c>iptables-save</c> and what <see cref="FirewallKeeper"/> restores.</summary>
internal sealed class PaperFirewall : IHostCommands
{
    private readonly Dictionary<string, Dictionary<string, List<string>>> _tables = new()
    {
        ["filter"] = new() { ["INPUT"] = [], ["FORWARD"] = ["-A FORWARD -j DOCKER-USER"], ["DOCKER-USER"] = ["-A DOCKER-USER -j RETURN"] },
        ["nat"] = new() { ["POSTROUTING"] = [] },
        ["mangle"] = new() { ["FORWARD"] = [] },
    };

    public List<string> Of(string table, string chain) => _tables[table][chain];

    public void Flush()
    {
        foreach (var chain in _tables.Values.SelectMany(table => table.Values))
            chain.Clear();
    }

    public string Save()
    {
        var text = new StringBuilder();
        foreach (var (table, chains) in _tables)
        {
            text.Append($"*{table}\n");
            foreach (var chain in chains.Keys)
                text.Append($":{chain} - [0:0]\n");
            foreach (var rule in chains.Values.SelectMany(rules => rules))
                text.Append(rule).Append('\n');
            text.Append("COMMIT\n");
        }

        return text.ToString();
    }

    public Task<CommandOutput> RunAsync(HostCommand command, string? input, CancellationToken cancellationToken)
    {
        if (command.Program == "iptables-save")
            return Task.FromResult(new CommandOutput(0, Save(), ""));
        var table = _tables["filter"];
        foreach (var line in input!.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split(' ');
            if (line[0] == '*')
                table = _tables[line[1..]];
            else if (line[0] == ':')
                table[words[0][1..]] = [];
            else if (words[0] == "-A")
                table[words[1]].Add(line);
            else if (words[0] == "-I")
                table[words[1]].Insert(0, $"-A {words[1]} {string.Join(' ', words[3..])}");
            else if (words[0] == "-D" && !table[words[1]].Remove("-A" + line[2..]))
                return Task.FromResult(new CommandOutput(2, "", $"no such rule: {line}"));
            else if (words[0] == "-X")
                table.Remove(words[1]);
        }

        return Task.FromResult(new CommandOutput(0, "", ""));
    }
}
