using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Tensors;

public class RetortExceptionTests
{
    [Fact]
    public void The_three_answers_stand_on_three_lines() =>
        Assert.Equal("a.csv:3:2  'x' is no number.\n  expected a number.\n  mend the cell.",
            new RetortException("a.csv:3:2", "'x' is no number.", "expected a number.", "mend the cell.").Message);

    [Fact]
    public void Empty_answers_are_left_out() => Assert.Equal("what", new RetortException("", "what").Message);
}
