using FsCheck;
using FsCheck.Fluent;
using Kontena.LogCollector.Search;
using Microsoft.Data.Sqlite;

namespace Kontena.LogCollector.Tests.Search;

public sealed class SearchParserTests
{
    [Theory]
    [InlineData("error", "\"error\"")]
    [InlineData("disk full", "(\"disk\" AND \"full\")")]
    [InlineData("disk AND full", "(\"disk\" AND \"full\")")]
    [InlineData("\"disk full\"", "\"disk full\"")]
    [InlineData("a OR b c", "(\"a\" OR (\"b\" AND \"c\"))")]
    [InlineData("(a OR b) c", "((\"a\" OR \"b\") AND \"c\")")]
    [InlineData("a -b NOT c", "(((\"a\") NOT \"b\") NOT \"c\")")]
    [InlineData("time* out", "(\"time\" * AND \"out\")")]
    [InlineData("10.81.0.7", "\"10.81.0.7\"")]
    [InlineData("well-known", "\"well-known\"")]
    [InlineData("not and or", "(\"not\" AND \"and\" AND \"or\")")]
    public void Reads_what_people_type(string text, string expression) =>
        Assert.Equal(expression, FtsExpression.Of(SearchParser.Parse(text).Node!));

    [Theory]
    [InlineData("\"open", "quote at character 1")]
    [InlineData("(a", "parenthesis at character 1 is not closed")]
    [InlineData("a)", "character 2")]
    [InlineData("-a", "at least one word to look for")]
    [InlineData("a OR", "ends where a word is expected")]
    [InlineData("OR a", "a word is missing before character 1")]
    [InlineData("a AND", "needs something after")]
    [InlineData("AND a", "needs something before")]
    [InlineData("a NOT", "NOT at character 3 needs something after it")]
    [InlineData("NOT NOT a", "a word is expected at character 5")]
    [InlineData("()", "a word is missing before character 2")]
    [InlineData("a ***", "no letter or digit")]
    public void Says_where_it_went_wrong(string text, string reason)
    {
        var result = SearchParser.Parse(text);

        Assert.Null(result.Node);
        Assert.Contains(reason, result.Error);
    }

    [Fact]
    public void Has_bounds()
    {
        Assert.Contains("over 1000 characters", SearchParser.Parse(new string('a', 1001)).Error);
        Assert.Contains("over 64 words", SearchParser.Parse(string.Join(' ', Enumerable.Repeat("a", 65))).Error);
        Assert.Contains("over 16 deep", SearchParser.Parse(new string('(', 20) + "a" + new string(')', 20)).Error);
    }

    [Fact]
    public void Whatever_is_typed_is_explained_or_is_an_expression_the_engine_takes()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        using (var create = connection.CreateCommand())
        {
            create.CommandText = "CREATE VIRTUAL TABLE words USING fts5(text)";
            create.ExecuteNonQuery();
        }

        string[] pieces = ["a", "word", "\"", "(", ")", "AND", "OR", "NOT", "-", "*", "NEAR", "^", ":", "text:", "'", "\0", "é", "+", "{", "--", ";", " "];
        var texts = Gen.Elements(pieces).ArrayOf().Select(parts => string.Join(' ', parts))
            .Or(Gen.Elements(pieces).ArrayOf().Select(string.Concat)).ToArbitrary();

        Prop.ForAll(texts, text =>
        {
            var result = SearchParser.Parse(text);
            if (result.Node is null)
                return result.Error is { Length: > 0 };
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT count(*) FROM words WHERE words MATCH $match";
            command.Parameters.AddWithValue("$match", FtsExpression.Of(result.Node));
            return (long)command.ExecuteScalar()! == 0;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }
}
