using Kontena.Core.Services;
using Xunit;

namespace Kontena.Core.Tests.Services;

public sealed class ShellWordsTests
{
    [Theory]
    [InlineData("a b  c", "a|b|c")]
    [InlineData("sh -c 'echo \"hi\" there'", "sh|-c|echo \"hi\" there")]
    [InlineData("say \"a \\\"b\\\"\" c\\ d ''", "say|a \"b\"|c d|")]
    [InlineData("a \"\\n $x\"", "a|\\n $x")]
    [InlineData("", "")]
    public void A_line_is_split_as_a_shell_does(string line, string words) =>
        Assert.Equal(words.Length == 0 ? [] : words.Split('|'), ShellWords.Split(line)!);

    [Theory]
    [InlineData("say 'it")]
    [InlineData("say \"it")]
    public void An_open_quote_has_no_words(string line) => Assert.Null(ShellWords.Split(line));
}
