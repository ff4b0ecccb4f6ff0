using System.Text.RegularExpressions;
using Xunit;

namespace Kontena.Architecture.Tests;

/// <summary>What a newcomer sees first stays tidy.</summary>
public sealed class TreeTests
{
    private static readonly string[] Deployables =
        ["api", "grid-manager", "scheduler", "log-collector", "node-agent", "standalone"];

    [Fact]
    public void The_top_level_holds_only_the_front_door()
    {
        string[] expected =
            ["services", "shared", "tests", "infra", "Kontena.sln", "docker-compose.dev.yml", "README.md", "LICENSE", "global.json", "artifacts"];

        var strangers = Directory.EnumerateFileSystemEntries(Repository.Root)
            .Select(path => Path.GetFileName(path))
            .Where(name => !name.StartsWith('.') && !name.StartsWith("Directory.", StringComparison.Ordinal) && !expected.Contains(name));

        Assert.Empty(strangers);
    }

    [Fact]
    public void Every_service_says_in_a_readme_what_arrives_what_it_decides_and_what_leaves()
    {
        var without = Directory.EnumerateDirectories(Repository.At("services"))
            .Where(folder => !File.Exists(Path.Combine(folder, "README.md")))
            .Select(Path.GetFileName);

        Assert.Empty(without);
    }

    [Fact]
    public void Every_deployable_has_a_unit_and_an_image()
    {
        var dockerfile = File.ReadAllText(Repository.At("infra", "docker", "Dockerfile"));

        foreach (var name in Deployables)
        {
            Assert.True(File.Exists(Repository.At("infra", "systemd", $"kontena-{name}.service")), $"no systemd unit for {name}");
            Assert.Contains($" AS {name}\n", dockerfile);
        }
    }

    [Fact]
    public void Every_setting_given_by_units_images_and_scripts_is_one_that_the_code_reads()
    {
        var code = string.Concat(new[] { "services", "shared" }
            .SelectMany(folder => Directory.EnumerateFiles(Repository.At(folder), "*.cs", SearchOption.AllDirectories))
            .Select(File.ReadAllText));
        var files = Directory.EnumerateFiles(Repository.At("infra"), "*", SearchOption.AllDirectories).Append(Repository.At("docker-compose.dev.yml"));
        var given = files.SelectMany(file => Regex.Matches(File.ReadAllText(file), @"\bKontena__\w+").Select(match => match.Value.Replace("__", ":", StringComparison.Ordinal)))
            .ToHashSet();

        // A section is read key by key: ["Name"] of Kontena:Agent.
        var unread = given.Where(key => !code.Contains($"\"{key}\"", StringComparison.Ordinal) && !code.Contains($"agent[\"{key.Split(':')[^1]}\"]", StringComparison.Ordinal));

        Assert.NotEmpty(given);
        Assert.Empty(unread);
    }

    [Fact]
    public void Units_of_different_users_share_no_directory()
    {
        var directories = Directory.EnumerateFiles(Repository.At("infra", "systemd"), "*.service")
            .Select(unit => Regex.Match(File.ReadAllText(unit), "(?m)^StateDirectory=(.+)$").Groups[1].Value)
            .ToList();

        Assert.Equal(directories.Count, directories.Distinct().Count());
    }

    [Fact]
    public void Source_files_hold_one_concept()
    {
        const int limit = 450;
        var large = new[] { "services", "shared" }
            .SelectMany(folder => Directory.EnumerateFiles(Repository.At(folder), "*.cs", SearchOption.AllDirectories))
            .Select(path => (path, lines: File.ReadLines(path).Count()))
            .Where(file => file.lines > limit)
            .Select(file => $"{Path.GetRelativePath(Repository.Root, file.path)}: {file.lines} lines");

        Assert.Empty(large);
    }
}
