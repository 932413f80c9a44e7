using Retort.Teachers.Onnx;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

public sealed class RegionOperatorsTests
{
    [Fact]
    public void ABoxThatOverlapsABetterOneGoes()
    {
        // the second covers the first by 1/3 of both together; the third is apart
        var boxes = OnnxArray.Of([1, 3, 4], [0f, 0, 2, 2, 0, 1, 2, 3, 5, 5, 6, 6]);
        var scores = OnnxArray.Of([1, 1, 3], [0.5f, 0.9f, 0.7f]);
        long[] Run(float overlap, float least) => OneNode.Run("NonMaxSuppression",
            [boxes, scores, OneNode.Whole(3), OneNode.Row(overlap), OneNode.Row(least)]).Longs();
        Assert.Equal([0L, 0, 1, 0, 0, 2], Run(0.3f, 0));
        Assert.Equal([0L, 0, 1, 0, 0, 2, 0, 0, 0], Run(0.4f, 0));
        Assert.Equal([0L, 0, 1], Run(0.4f, 0.8f));
    }
}
