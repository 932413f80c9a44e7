using Retort.Merging;
using Xunit;

namespace Retort.Tests.Distillation.Merging;

public sealed class TaskArithmeticMergeTests
{
    /// <summary>[1, 1] + 0.5·([3, 1] − [1, 1]) − 2·([1, 2] − [1, 1]) = [2, −1].</summary>
    [Fact]
    public void ByHand()
    {
        var merged = new float[2];
        new TaskArithmeticMerge([0.5, -2]).Merge([[3, 1], [1, 2]], [1, 1], merged);
        Assert.Equal([2f, -1], merged);
    }
}
