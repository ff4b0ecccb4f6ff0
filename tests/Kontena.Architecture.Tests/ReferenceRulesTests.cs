using Xunit;

namespace Kontena.Architecture.Tests;

/// <summary>Who may reference whom (infra/docs/architecture.md). A refused edge is printed by name.</summary>
public sealed class ReferenceRulesTests
{
    private static readonly string[] ServiceShared = ["Kontena.Contracts", "Kontena.Core", "Kontena.State", "Kontena.Hosting"];

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Kontena.Contracts"] = [],
        ["Kontena.Core"] = ["Kontena.Contracts"],
        ["Kontena.State"] = ["Kontena.Contracts", "Kontena.Core"],
        ["Kontena.Hosting"] = ["Kontena.Contracts", "Kontena.Core"],
        ["Kontena.StackFiles"] = ["Kontena.Contracts", "Kontena.Core"],
        ["Kontena.Docker"] = [],
        ["Kontena.Api"] = ServiceShared,
        ["Kontena.GridManager"] = ServiceShared,
        ["Kontena.Scheduler"] = ServiceShared,
        ["Kontena.LogCollector"] = ["Kontena.Contracts", "Kontena.Core", "Kontena.Hosting"],
        ["Kontena.NodeAgent"] = ["Kontena.Contracts", "Kontena.Core", "Kontena.Hosting", "Kontena.Docker"],
        ["Kontena.Cli"] = ["Kontena.Contracts", "Kontena.Core", "Kontena.StackFiles", "Kontena.Docker"],
        ["Kontena.Standalone"] =
            ["Kontena.Api", "Kontena.GridManager", "Kontena.Scheduler", "Kontena.LogCollector", "Kontena.NodeAgent", "Kontena.Hosting"],
    };

    private static readonly Dictionary<string, string[]> ForbiddenPackages = new()
    {
        ["Kontena.Contracts"] = ["*"],
        ["Kontena.Core"] = ["*"],
        ["Kontena.Docker"] = ["*"],
        ["Kontena.State"] = ["MassTransit.RabbitMQ"],
        ["Kontena.NodeAgent"] = ["StackExchange.Redis", "Microsoft.Data.Sqlite"],
        ["Kontena.Cli"] = ["MassTransit.RabbitMQ", "StackExchange.Redis", "Microsoft.Data.Sqlite"],
    };

    [Fact]
    public void Projects_reference_only_what_their_place_allows()
    {
        var edges = from project in Repository.Projects()
                    where !project.Folder.StartsWith("tests", StringComparison.Ordinal)
                    from reference in project.References
                    where !Allowed.GetValueOrDefault(project.Name, []).Contains(reference)
                    select $"{project.Name} → {reference}";

        Assert.Empty(edges);
    }

    [Fact]
    public void Every_product_project_has_a_rule()
    {
        var without = Repository.Projects()
            .Where(project => !project.Folder.StartsWith("tests", StringComparison.Ordinal) && !Allowed.ContainsKey(project.Name))
            .Select(project => project.Name);

        Assert.Empty(without);
    }

    [Fact]
    public void Packages_stay_out_of_projects_that_must_not_know_them()
    {
        var edges = from project in Repository.Projects()
                    from package in project.Packages
                    let forbidden = ForbiddenPackages.GetValueOrDefault(project.Name, [])
                    where forbidden.Contains("*") || forbidden.Contains(package)
                    select $"{project.Name} → {package}";

        Assert.Empty(edges);
    }

    [Fact]
    public void Tests_of_a_service_reference_no_other_service()
    {
        var edges = from project in Repository.Projects()
                    where project.Name.EndsWith(".Tests", StringComparison.Ordinal)
                    let subject = project.Name[..^".Tests".Length]
                    where IsService(subject)
                    from reference in project.References
                    where reference != subject && reference != "Kontena.Testing" && IsService(reference)
                    select $"{project.Name} → {reference}";

        Assert.Empty(edges);
    }

    private static bool IsService(string name) =>
        Repository.Projects().Any(project => project.Name == name && project.Folder.StartsWith("services", StringComparison.Ordinal));
}
