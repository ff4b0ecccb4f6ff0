using Kontena.Core.Services;
using System.CommandLine;
using Kontena.Cli.Commands;
using Kontena.Cli.Parsing;
using Kontena.Cli.Tests.Support;

namespace Kontena.Cli.Tests.Commands;

/// <summary>Walks every command there is.</summary>
public sealed class CommandTreeTests : CliTest
{
    public static TheoryData<string> Commands => [.. Leaves(CommandTree.Root, "").Select(leaf => leaf.Path)];

    public static TheoryData<string> Groups => [.. AllGroups(CommandTree.Root, "")];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_command_and_option_is_described(string path)
    {
        var leaf = Leaf(path);
        Assert.NotEmpty(leaf.Description);
        var body = leaf.Create();
        Assert.All(body.Options, option => Assert.False(string.IsNullOrWhiteSpace(option.Description) && !option.Hidden, $"{path} {option.Name}"));
        Assert.All(body.Arguments, argument => Assert.False(string.IsNullOrWhiteSpace(argument.Description), $"{path} {argument.Name}"));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void No_option_name_or_letter_is_given_twice(string path)
    {
        var names = Leaf(path).Create().Options.SelectMany(option => option.Aliases.Append(option.Name)).Concat(["--help", "-h", "--debug", "-D", "--no-debug"]);
        Assert.All(names.GroupBy(name => name), group => Assert.True(group.Count() == 1, $"{path} {group.Key}"));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_example_is_of_its_own_command_and_parses(string path)
    {
        var leaf = Leaf(path);
        var found = Resolution.Of(CommandTree.Root, [.. ShellWords.Split(leaf.Example)!]);
        Assert.Equal($"kontena {path}", found.Path);
        LeafParser.Parse(leaf, leaf.Create(), found.Rest);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_prints_help(string path)
    {
        Assert.Equal(0, await RunAsync([.. path.Split(' '), "--help"]));
        Assert.Contains("Usage:", Out);
        Assert.Contains("Options:", Out);
        Assert.Contains("Example:\n    kontena ", Out);
        Assert.Empty(Master.Seen);
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void Names_and_aliases_of_a_group_are_unique(string path)
    {
        var group = (GroupEntry)Resolution.Of(CommandTree.Root, path.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Entry;
        var names = group.Children().SelectMany(child => child.Aliases.Append(child.Name));
        Assert.All(names.GroupBy(name => name), same => Assert.True(same.Count() == 1, $"{path} {same.Key}"));
    }

    [Fact]
    public void Every_listing_has_its_long_name_and_every_removal_too()
    {
        Assert.All(Leaves(CommandTree.Root, ""), item =>
        {
            if (item.Leaf.Name == "ls") Assert.Contains("list", item.Leaf.Aliases);
            if (item.Leaf.Name == "rm") Assert.Contains("remove", item.Leaf.Aliases);
        });
    }

    [Theory]
    [InlineData("master login --token T http://x")]
    [InlineData("grid ls")]
    [InlineData("grid create --initial-size 1 x")]
    [InlineData("grid show x")]
    [InlineData("grid rm --force x")]
    [InlineData("node ls -q")]
    [InlineData("stack install --name x kontena.yml")]
    [InlineData("stack start x y")]
    [InlineData("stack logs --lines 5 -f --since 10m x web")]
    [InlineData("service create -p 80:80 -eA=1 -e B=2 --cmd 'a b' x y")]
    [InlineData("service update --image=x:1 x")]
    [InlineData("service scale x 3")]
    [InlineData("service exec -it x -- ls -l")]
    [InlineData("service rm x y --force")]
    [InlineData("stack install -vtag=3 -v other=4")]
    public void Words_of_the_original_are_understood(string words)
    {
        var found = Resolution.Of(CommandTree.Root, [.. ShellWords.Split(words)!]);
        var leaf = Assert.IsType<LeafEntry>(found.Entry);
        LeafParser.Parse(leaf, leaf.Create(), found.Rest);
    }

    internal static IEnumerable<(string Path, LeafEntry Leaf)> Leaves(GroupEntry group, string prefix)
    {
        foreach (var child in group.Children())
        {
            if (child is LeafEntry leaf) yield return ($"{prefix}{leaf.Name}", leaf);
            if (child is not GroupEntry inner) continue;
            foreach (var found in Leaves(inner, $"{prefix}{inner.Name} ")) yield return found;
        }
    }

    private static IEnumerable<string> AllGroups(GroupEntry group, string path) =>
        group.Children().OfType<GroupEntry>().SelectMany(child => AllGroups(child, $"{path} {child.Name}".Trim())).Prepend(path);

    private static LeafEntry Leaf(string path) => (LeafEntry)Resolution.Of(CommandTree.Root, path.Split(' ')).Entry;
}
