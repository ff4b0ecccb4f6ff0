using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Kontena.Architecture.Tests;

/// <summary>What <c>docker compose config</c> would refuse, for the parts of a compose file that are used here.</summary>
internal sealed partial class ComposeCheck
{
    private static readonly string[] TopKeys = ["services", "volumes"];

    private static readonly string[] ServiceKeys =
        ["image", "build", "command", "environment", "ports", "volumes", "depends_on", "healthcheck", "network_mode", "restart", "pid"];

    private static readonly string[] BuildKeys = ["context", "dockerfile", "target", "args"];
    private static readonly string[] HealthKeys = ["test", "interval", "timeout", "retries", "start_period", "start_interval", "disable"];
    private static readonly string[] NeedKeys = ["condition", "required", "restart"];
    private static readonly string[] Conditions = ["service_started", "service_healthy", "service_completed_successfully"];
    private static readonly string[] Restarts = ["no", "always", "on-failure", "unless-stopped"];

    private readonly List<string> _mistakes = [];
    private readonly Dictionary<string, YamlMappingNode> _services;
    private readonly HashSet<string> _volumes;

    private ComposeCheck(YamlMappingNode root)
    {
        Keys("the file", root, TopKeys);
        _services = Map(root, "services").Children.ToDictionary(pair => Text(pair.Key), pair => (YamlMappingNode)pair.Value);
        _volumes = [.. Map(root, "volumes").Children.Keys.Select(Text)];
    }

    /// <summary>One sentence each; empty when the file is sound.</summary>
    public static IReadOnlyList<string> Mistakes(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        var check = new ComposeCheck((YamlMappingNode)stream.Documents[0].RootNode);
        check.Run();
        return check._mistakes;
    }

    private void Run()
    {
        foreach (var (name, service) in _services)
        {
            Keys(name, service, ServiceKeys);
            if (!Has(service, "image") && !Has(service, "build"))
                _mistakes.Add($"{name} has neither image nor build");
            Keys($"{name}.build", Map(service, "build"), BuildKeys);
            Keys($"{name}.healthcheck", Map(service, "healthcheck"), HealthKeys);
            if (Has(service, "healthcheck") && !Has(Map(service, "healthcheck"), "test"))
                _mistakes.Add($"{name}.healthcheck has no test");
            if (Has(service, "restart") && !Restarts.Contains(Text(service.Children["restart"])))
                _mistakes.Add($"{name}.restart is {Text(service.Children["restart"])}");
            foreach (var (key, value) in Map(service, "environment").Children)
            {
                if (value is not YamlScalarNode)
                    _mistakes.Add($"{name}.environment.{Text(key)} is not a single value");
            }

            foreach (var port in List(service, "ports").Where(port => !IsPort(port)))
                _mistakes.Add($"{name}.ports has '{port}'");
            foreach (var volume in List(service, "volumes"))
                CheckVolume(name, volume);
            foreach (var (need, how) in Map(service, "depends_on").Children)
                CheckNeed(name, Text(need), (YamlMappingNode)how);
        }

        var used = _services.Values.SelectMany(service => List(service, "volumes")).Select(volume => volume.Split(':')[0]).ToHashSet();
        _mistakes.AddRange(_volumes.Where(volume => !used.Contains(volume)).Select(volume => $"volume {volume} is declared and not used"));
    }

    private void CheckVolume(string name, string volume)
    {
        var parts = volume.Split(':');
        if (parts.Length is not (2 or 3) || !parts[1].StartsWith('/') || (parts.Length == 3 && parts[2] is not ("ro" or "rw")))
            _mistakes.Add($"{name}.volumes has '{volume}'");
        else if (!parts[0].StartsWith('/') && !parts[0].StartsWith('.') && !_volumes.Contains(parts[0]))
            _mistakes.Add($"{name}.volumes names {parts[0]}, which is not declared");
    }

    private void CheckNeed(string name, string need, YamlMappingNode how)
    {
        Keys($"{name}.depends_on.{need}", how, NeedKeys);
        var condition = Has(how, "condition") ? Text(how.Children["condition"]) : "none";
        if (!_services.TryGetValue(need, out var needed))
            _mistakes.Add($"{name} waits for {need}, which is not there");
        else if (!Conditions.Contains(condition))
            _mistakes.Add($"{name}.depends_on.{need} has the condition {condition}");
        else if (condition == "service_healthy" && !Has(needed, "healthcheck"))
            _mistakes.Add($"{name} waits until {need} is healthy, which has no healthcheck");
    }

    private void Keys(string where, YamlMappingNode node, string[] known) =>
        _mistakes.AddRange(node.Children.Keys.Select(Text).Except(known).Select(key => $"{where} has the unknown key {key}"));

    private static bool IsPort(string text)
    {
        var match = PortSyntax().Match(text);
        return match.Success && match.Groups["port"].Captures.All(port => int.Parse(port.ValueSpan) is >= 1 and <= 65535)
            && match.Groups["octet"].Captures.All(octet => int.Parse(octet.ValueSpan) <= 255);
    }

    private static bool Has(YamlMappingNode node, string key) => node.Children.ContainsKey(key);

    private static YamlMappingNode Map(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out var value) ? (YamlMappingNode)value : [];

    private static IEnumerable<string> List(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out var value) ? ((YamlSequenceNode)value).Select(Text) : [];

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value ?? "";

    [GeneratedRegex(@"^((?<octet>\d{1,3})\.(?<octet>\d{1,3})\.(?<octet>\d{1,3})\.(?<octet>\d{1,3}):)?((?<port>\d{1,5}):)?(?<port>\d{1,5})(/(tcp|udp))?$")]
    private static partial Regex PortSyntax();
}
