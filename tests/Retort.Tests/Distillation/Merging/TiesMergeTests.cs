using Retort.Merging;
using Xunit;

namespace Retort.Tests.Distillation.Merging;

public sealed class TiesMergeTests
{
    /// <summary>
    /// Base 1 everywhere. Differences [4, −1, 3, 0], [2, 5, −1, 0], [−8, 1, 2, 3]; the larger half of each: [4, 0, 3, 0], [2, 5, 0, 0],
    /// [−8, 0, 0, 3]. Sums [−2, 5, 3, 3]; means of those that agree [−8, 5, 3, 3].
    /// </summary>
    [Fact]
    public void ByHand() => Assert.Equal([-7f, 6, 4, 4], Merged(new TiesMerge([1, 1, 1], 0.5, 1)));

    /// <summary>Half of what is added.</summary>
    [Fact]
    public void TheScaleIsOfWhatIsAdded() => Assert.Equal([-3f, 3.5f, 2.5f, 2.5f], Merged(new TiesMerge([1, 1, 1], 0.5, 0.5)));

    /// <summary>Untrimmed: sums [−2, 5, 4, 3], means of those that agree [−8, 3, 2.5, 3].</summary>
    [Fact]
    public void AllMayStay() => Assert.Equal([-7f, 4, 3.5f, 4], Merged(new TiesMerge([1, 1, 1], 1, 1)));

    /// <summary>With 3 of the first: sums [12 + 2 − 8, …] = [6, 5, 9, 3]; the first place is (3·4 + 2)/4 = 3.5.</summary>
    [Fact]
    public void WeightsCountInSignAndMean() => Assert.Equal([4.5f, 6, 4, 4], Merged(new TiesMerge([3, 1, 1], 0.5, 1)));

    /// <summary>Two of four equal numbers stay, the first; signs in balance add nothing.</summary>
    [Fact]
    public void EqualNumbersStayByPlace()
    {
        var merged = new float[4];
        new TiesMerge([1], 0.5, 1).Merge([[2, 0, 2, 2]], [1, 1, 1, 1], merged);
        Assert.Equal([2f, 0, 1, 1], merged);
        new TiesMerge([1], 0.5, 1).Merge([[1, 0, 2, 9]], [1, 1, 1, 1], merged);
        Assert.Equal([1f, 0, 1, 9], merged);
        new TiesMerge([1, 1], 1, 1).Merge([[2, 1, 1, 1], [0, 1, 1, 1]], [1, 1, 1, 1], merged);
        Assert.Equal([1f, 1, 1, 1], merged);
    }

    private static float[] Merged(TiesMerge method)
    {
        var merged = new float[4];
        method.Merge([[5, 0, 4, 1], [3, 6, 0, 1], [-7, 2, 3, 4]], [1, 1, 1, 1], merged);
        return merged;
    }
}
