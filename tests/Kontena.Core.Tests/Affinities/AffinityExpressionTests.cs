using Kontena.Core.Affinities;
using Xunit;

namespace Kontena.Core.Tests.Affinities;

public sealed class AffinityExpressionTests
{
    [Theory]
    [InlineData("node==web-1", AffinitySubject.Node, false, false, "web-1")]
    [InlineData("label==az=1a", AffinitySubject.Label, false, false, "az=1a")]
    [InlineData("label!=~disk=ssd", AffinitySubject.Label, true, true, "disk=ssd")]
    [InlineData("service==other/db", AffinitySubject.Service, false, false, "other/db")]
    [InlineData("container!=app.web-2", AffinitySubject.Container, true, false, "app.web-2")]
    [InlineData("node!=/^gpu-/", AffinitySubject.Node, true, false, "^gpu-")]
    [InlineData("label==a!=b", AffinitySubject.Label, false, false, "a!=b")]
    public void Reads_every_form(string text, AffinitySubject subject, bool negated, bool soft, string value)
    {
        Assert.True(AffinityExpression.TryParse(text, out var rule, out var error), error);
        Assert.Equal((subject, negated, soft, value), (rule.Subject, rule.Negated, rule.Soft, rule.Value));
    }

    [Theory]
    [InlineData("nodex", "subject==value")]
    [InlineData("node=x", "subject==value")]
    [InlineData("==x", "subject==value")]
    [InlineData("foobar==zz", "known are node, label, service, container")]
    [InlineData("node==", "no value")]
    [InlineData("node==~", "no value")]
    [InlineData("node==/(/", "can't be used")]
    [InlineData("node==/(a)\\1/", "can't be used")]
    [InlineData("", "is empty")]
    public void Says_what_is_wrong(string text, string expected)
    {
        Assert.False(AffinityExpression.TryParse(text, out _, out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Percent_s_is_the_instance_and_other_percents_are_text()
    {
        Assert.True(AffinityExpression.TryParse("node==db-%s-%d", out var rule, out _));
        Assert.True(rule.ForInstance(3).Matches("db-3-%d"));
    }

    [Fact]
    public void A_hostile_expression_ends_in_time()
    {
        Assert.True(AffinityExpression.TryParse("label==/(a+)+$/", out var rule, out _));
        Assert.False(rule.Matches(new string('a', 50_000) + "b"));
    }

    [Fact]
    public void A_pattern_names_a_stack_only_with_an_escaped_slash()
    {
        Assert.True(AffinityExpression.TryParse("service==/^db/", out var own, out _));
        Assert.True(AffinityExpression.TryParse("service==/^data\\/db/", out var other, out _));
        Assert.False(own.NamesStack);
        Assert.True(other.NamesStack);
        Assert.True(other.Matches("data/db"));
    }
}
