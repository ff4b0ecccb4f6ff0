using Kontena.EndToEnd.Platform;
using Xunit;

namespace Kontena.EndToEnd;

/// <summary>Besides what the forms share: what the client and the API refuse alone, which is the same in both forms.</summary>
[Collection(nameof(EmbeddedPlatform))]
public sealed class EmbeddedBadInputTests(EmbeddedPlatform platform) : BadInputTests(platform)
{
    private const string Head = "stack: test/bad\nversion: 0.1.0\nservices:\n";

    public static TheoryData<string, string> Files => new()
    {
        { "bad.yml:5:12: this is not valid YAML: look for a bracket", Head + "  web:\n    image: [unclosed\n    command: x\n" },
        { "bad.yml:4:1: this is not valid YAML: the line is indented with a tab, YAML wants spaces", Head + "\tweb:\n\t  image: x\n" },
        { "bad.yml:1:", "\u007fELF\u0002\u0001\u0000" },
        { "bad.yml:1:1: is empty or not a mapping", "" },
        { "bad.yml:1:1: is empty or not a mapping", "just text" },
        { "bad.yml:3:11 services: expected a mapping of names to services, found a list", "stack: test/bad\nversion: 0.1.0\nservices: [web]\n" },
        { "bad.yml:6:5 services.web.instancs: is not a known key, did you mean 'instances'?", Head + "  web:\n    image: kontena-examples/web:1\n    instancs: 3\n" },
        { "bad.yml:6:5 services.web.qqqqqq: is not a known key; take it out, or check its spelling", Head + "  web:\n    image: kontena-examples/web:1\n    qqqqqq: 3\n" },
        { "bad.yml:6:16 services.web.instances: expected a whole number, found 'many'", Head + "  web:\n    image: kontena-examples/web:1\n    instances: many\n" },
        { "bad.yml:6:12 services.web.ports: expected a list, found '80'", Head + "  web:\n    image: kontena-examples/web:1\n    ports: 80\n" },
        { "bad.yml:5:5 services.web.image: is missing", Head + "  web:\n    command: sleep 1\n" },
        { "bad.yml:6:13 services.web.links: service web has missing links: nope. Add a service of that name", Head + "  web:\n    image: kontena-examples/web:1\n    links: [nope]\n" },
        { "bad.yml:4:25 services.a.links: service a has recursive links: a → b → a", Head + "  a: {image: x, links: [b]}\n  b: {image: x, links: [a]}\n" },
        { "services.a.extends: extends itself", Head + "  a: {extends: b}\n  b: {extends: a}\n" },
        { "no such file: nothere.yml", Head + "  a: {extends: {file: nothere.yml, service: x}}\n" },
        { "bad.yml:5:12: $nope is not declared. Declare it under variables:", Head + "  web:\n    image: $nope\n" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_mistake_in_a_stack_file_is_told_at_its_place_and_nothing_is_sent(string says, string text)
    {
        Platform.Write("bad.yml", text);

        var refused = await Platform.KontenaAsync("stack", "install", "bad.yml");

        Refusal.Says(refused, "YAML validation failed", says, "Nothing was sent to the master", "kontena stack validate bad.yml");
        Assert.DoesNotContain("Creating stack", refused.All, StringComparison.Ordinal);
        Assert.DoesNotContain("bad", await Platform.MustAsync("stack", "ls", "-q"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_or_has_no_end_is_refused()
    {
        Refusal.Says(await InstallAsync("nothere.yml"), "nothere.yml not found: no such file", "Give the path of a stack file");
        Refusal.Says(await InstallAsync("/dev/zero"), "has over 1,048,576 bytes, the most that are read");
    }

    public static TheoryData<string, string[]> Commands => new()
    {
        { "instances: Instances is too small: at least 1; to run none, stop the service", ["service", "scale", "hello/web", "0"] },
        { "parameter 'N': invalid value '-1'", ["service", "scale", "hello/web", "-1"] },
        { "parameter 'N': invalid value 'abc', expected a whole number", ["service", "scale", "hello/web", "abc"] },
        { "instances: Instances is too big: at most 10000", ["service", "scale", "hello/web", "1000000"] },
        { "404 : Not found (/v1/services/default/hello/nope/scale)\n         The services there are: kontena service ls", ["service", "scale", "hello/nope", "2"] },
        { "404 : Not found (/v1/services/default/nope/web)\n         The services there are: kontena service ls", ["service", "show", "nope/web"] },
        { "404 : Not found (/v1/stacks/default/nope)\n         The stacks there are: kontena stack ls", ["stack", "show", "nope"] },
        { "404 : Not found (/v1/stacks/default/nope)\n         The stacks there are: kontena stack ls", ["stack", "rm", "--force", "nope"] },
        { "404 : Not found (/v1/stacks/default/nope/deploy)\n         The stacks there are: kontena stack ls", ["stack", "deploy", "nope"] },
        { "404 : Not found (/v1/grids/nope)\n         The grids there are: kontena grid ls", ["grid", "show", "nope"] },
        { "404 : Not found (/v1/nodes/default/nope)\n         The nodes there are: kontena node ls", ["node", "show", "nope"] },
        { "'..' is not a name", ["service", "rm", "--force", "../grids/default"] },
        { "'..' is not a name", ["stack", "show", ".."] },
        { "name: Name isn't in the right format: 1 to 63 letters, digits, - and _", ["service", "create", "we b;rm -rf /", "kontena-examples/web:1"] },
        { "image: Image isn't in the right format: a name such as nginx:1.25", ["service", "create", "noimage", ""] },
        { "image: Image isn't in the right format: a name such as nginx:1.25", ["service", "create", "noimage", "UPPER case"] },
        { "name: Name isn't in the right format: 3 to 63 letters, digits, - and _", ["grid", "create", "../x"] },
        { "Unrecognised option '--nope'", ["stack", "install", "--nope"] },
        { "No such sub-command 'instal'. Did you mean 'install'?", ["stack", "instal"] },
    };

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_command_that_cannot_be_is_refused_with_what_can(string says, string[] words)
    {
        Refusal.Says(await Platform.KontenaAsync(words), says);
        Assert.Contains("2 / 2", (await Platform.MustAsync("service", "ls")).Split('\n').Single(line => line.Contains("hello/web", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../etc")]
    [InlineData("a b")]
    [InlineData("-x")]
    [InlineData("null")]
    [InlineData("ä\u0007")]
    [InlineData("x'; drop table stacks; --")]
    public async Task A_hostile_name_makes_no_stack(string name)
    {
        var file = Stack("named", "image: kontena-examples/web:1");

        Refusal.Says(await Platform.KontenaAsync("stack", "install", $"--name={name}", file), "name: Name isn't in the right format: 1 to 63 letters, digits, - and _, not starting with -");
        Assert.Equal("hello", (await Platform.MustAsync("stack", "ls", "-q")).Trim());
    }
}
