using System.Text.Json;
using Retort.Data.Traces;
using Retort.Recipes;
using Xunit;

namespace Retort.Tests.Distillation.Data.Traces;

/// <summary>Rules about what a row says of itself.</summary>
public sealed class RowFieldsTests
{
    [Theory]
    [InlineData("id", "tr-en2de-7", true)]
    [InlineData("id", "tr-*2de-*", true)]
    [InlineData("id", "*", true)]
    [InlineData("id", "tr-*2he-*", false)]
    [InlineData("id", "tr-en2de", false)]
    [InlineData("id", "*de-7*7", false)] // the parts may not overlap
    [InlineData("id", "TR-*", false)]
    [InlineData("meta.language", "German", true)]
    [InlineData("meta.turns", "2", true)]
    [InlineData("meta.safe", "true", true)]
    [InlineData("meta", "*", false)]
    [InlineData("topic", "*", false)]
    [InlineData("id.inner", "*", false)]
    public void OneField(string field, string value, bool fits) => Assert.Equal(fits, Row.Fit([new RowCondition(field, [value])]));

    [Fact]
    public void AllConditionsAndOneOfTheirValues()
    {
        Assert.True(Row.Fit([new("meta.language", ["Hebrew", "German"]), new("id", ["tr-*"])]));
        Assert.False(Row.Fit([new("meta.language", ["Hebrew", "German"]), new("id", ["chat-*"])]));
        Assert.True(Row.Fit([]));
        Assert.True(default(RowFields).Fit([]));
        Assert.False(default(RowFields).Fit([new("id", ["*"])]));
    }

    /// <summary>Many stars take no time that grows faster than the text.</summary>
    [Fact]
    public void ManyStars() => Assert.False(Of($$"""{"id": "{{new string('a', 100_000)}}b"}""").Fit(
        [new("id", [string.Concat(Enumerable.Repeat("a*", 500)) + "c"])]));

    private static RowFields Row => Of("""{"id": "tr-en2de-7", "meta": {"language": "German", "turns": 2, "safe": true}}""");

    private static RowFields Of(string json) => new(JsonDocument.Parse(json).RootElement);
}
