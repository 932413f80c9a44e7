using Retort.Merging;
using Xunit;

namespace Retort.Tests.Distillation.Merging;

public sealed class LinearMergeTests
{
    /// <summary>(1·[1, 2] + 3·[5, −2]) / 4 = [4, −1].</summary>
    [Fact]
    public void ByHand()
    {
        var merged = new float[2];
        new LinearMerge([1, 3]).Merge([[1, 2], [5, -2]], null, merged);
        Assert.Equal([4f, -1], merged);
    }
}
