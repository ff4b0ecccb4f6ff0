using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Kontena.Contracts.Messaging;
using Xunit;

namespace Kontena.Contracts.Tests.Messaging;

public sealed partial class NodeOutletTests
{
    private static readonly NodeOutlet Mine = NodeOutlet.Of("ID:1", "prod", "core-1");

    /// <summary>What the agent makes and what names a node in itself is a report: a new one that is not listed would be dropped.</summary>
    [Fact]
    public void A_node_may_say_every_report_of_the_agent_in_its_own_name_and_in_no_other()
    {
        var made = Made();
        var reports = typeof(NodeOutlet).Assembly.GetExportedTypes()
            .Where(type => made.Contains(type.Name) && Text(type, "Grid") is not null && Text(type, "Node") is not null).ToList();
        Assert.Contains(reports, type => type.Name == "NodeNetworkReport");
        Assert.True(reports.Count >= 8, string.Join(", ", reports.Select(type => type.Name)));
        Assert.Empty(reports.Where(type => !Mine.MaySay(Report(type, "prod", "core-1", "ID:1"))).Select(type => type.Name));
        Assert.Empty(reports.Where(type => Mine.MaySay(Report(type, "other", "core-1", "ID:1"))).Select(type => type.Name));
        Assert.Empty(reports.Where(type => Mine.MaySay(Report(type, "prod", "core-2", "ID:1"))).Select(type => type.Name));
        Assert.Empty(reports.Where(type => Text(type, "NodeId") is not null && Mine.MaySay(Report(type, "prod", "core-1", "ID:2"))).Select(type => type.Name));
    }

    private static object Report(Type type, string grid, string node, string nodeId)
    {
        var report = RuntimeHelpers.GetUninitializedObject(type);
        Text(type, "Grid")!.SetValue(report, grid);
        Text(type, "Node")!.SetValue(report, node);
        Text(type, "NodeId")?.SetValue(report, nodeId);
        return report;
    }

    private static PropertyInfo? Text(Type type, string name) => type.GetProperty(name) is { } property && property.PropertyType == typeof(string) ? property : null;

    /// <summary>Types that the agent's sources make.</summary>
    private static HashSet<string> Made()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Kontena.sln")))
            root = root.Parent!;
        return [.. Directory.EnumerateFiles(Path.Combine(root.FullName, "services", "node-agent"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Creation().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))];
    }

    [GeneratedRegex(@"new (\w+)\s*[({]")]
    private static partial Regex Creation();
}
