using Retort.Data.Conversations;
using Retort.Data.Conversations.Filters;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Data.Conversations.Filters;

public sealed class FilterExpressionTests
{
    private static readonly Conversation row = Rows.Of("""
        {"id": "r7", "messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "bcd"}], "grade": 0.8, "status": 200,
         "metadata": {"task": "triage", "prompt v": "3", "test": false}, "tags": ["x"], "ts": "2026-11-02T10:00:00Z", "finish_reason": "stop", "label": true, "none": null}
        """);

    [Theory]
    [InlineData("grade >= 0.8 && metadata.task == \"triage\"", true)]
    [InlineData("grade > 0.8 || status == 200", true)]
    [InlineData("grade > 0.8 || status == 404", false)]
    [InlineData("!(grade < 0.8) and not (status != 200)", true)]
    [InlineData("status == 404 && grade > 0 || label", true)] // && binds first
    [InlineData("status == 404 && (grade > 0 || label)", false)]
    [InlineData("finish_reason in (\"stop\", 'tool_calls')", true)]
    [InlineData("status not in (200, 201)", false)]
    [InlineData("status in (-1, 2e2)", true)]
    [InlineData("metadata[\"prompt v\"] == '3'", true)]
    [InlineData("metadata['prompt v'] == 3", false)] // a text is no number
    [InlineData("metadata.test", false)]
    [InlineData("missing", false)]
    [InlineData("missing == null", true)]
    [InlineData("missing > 3", false)]
    [InlineData("missing != 'a'", true)]
    [InlineData("none == null", true)]
    [InlineData("tags == 'x'", false)]
    [InlineData("ts >= 2026-11-01", true)]
    [InlineData("ts < 2026-11-02", false)]
    [InlineData("time == 2026-11-02T10:00:00Z", true)]
    [InlineData("time >= '2026-11-03'", false)]
    [InlineData("id == 'r7' && turns == 2 && characters == 4 && answered", true)]
    [InlineData("'\\'' == \"'\"", true)]
    [InlineData("\"b\" > \"a\"", true)]
    public void ItSaysWhetherAConversationIsWanted(string filter, bool wanted) =>
        Assert.Equal(wanted, FilterExpression.Parse(filter).Holds(row));

    [Theory]
    [InlineData("", "1", "a name or a value should stand here, where the end stands.")]
    [InlineData("grade >=", "9", "a name or a value should stand here, where the end stands.")]
    [InlineData("grade >= 0.8 metadata", "14", "the filter should end, where metadata stands.")]
    [InlineData("(grade > 1", "11", "')' should stand here, where the end stands.")]
    [InlineData("grade = 1", "7", "'=' means nothing here.")]
    [InlineData("grade > 'a", "9", "the text that begins here has no end.")]
    [InlineData("grade > 2026-13-45", "9", "'2026-13-45' is neither a number nor a day.")]
    [InlineData("grade in ()", "11", "a name or a value should stand here, where ) stands.")]
    [InlineData("System.IO.File.Delete('x')", "22", "the filter should end, where ( stands.")]
    public void WhatIsNoFilterIsRefusedByItsColumn(string filter, string column, string what)
    {
        var error = Assert.Throws<RetortException>(() => FilterExpression.Parse(filter));
        Assert.Equal(($"--filter:{column}", what), (error.Location, error.What));
    }

    [Theory]
    [InlineData("grade > 'a'", "a number is compared with text (--filter:7).")]
    [InlineData("tags > 1", "a list or object is compared with a number (--filter:6).")]
    [InlineData("grade && label", "a number stands where true or false should (--filter:1).")]
    public void WhatCannotBeComparedIsNoAnswer(string filter, string what)
    {
        var error = Assert.Throws<ConversationException>(() => FilterExpression.Parse(filter).Holds(row));
        Assert.Equal((SetAside.NotComparable, what), (error.Reason, error.What));
    }

    [Fact]
    public void LengthAndDepthAreBounded()
    {
        Assert.Equal("the filter has 4097 characters.", Assert.Throws<RetortException>(() => FilterExpression.Parse(new string(' ', 4097))).What);
        foreach (var open in new[] { "(", "!" })
            Assert.StartsWith("it nests deeper than 64", Assert.Throws<RetortException>(() =>
                FilterExpression.Parse(string.Concat(Enumerable.Repeat(open, 2000)) + "label")).What, StringComparison.Ordinal);
    }

    [Fact]
    public void ANameThatNobodyHasIsNamed()
    {
        var filter = FilterExpression.Parse("grad >= 0.8");
        Assert.False(filter.Holds(row));
        var error = Assert.Throws<RetortException>(() => filter.CheckNames(["grade"]));
        Assert.Equal(("no conversation that was looked at has 'grad'.", "one of: grade, id, label, time, turns, characters, answered."),
            (error.What, error.Expected));
        filter = FilterExpression.Parse("grade >= 0.8");
        filter.Holds(row);
        filter.CheckNames([]);
    }
}
