using Retort.Teachers.Onnx;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

public sealed class CausalConvolutionOperatorsTests
{
    [Fact]
    public void TwoCallsAreOne()
    {
        var weight = OnnxArray.Of([1, 1, 2], [10f, 1]);
        var whole = OneNode.Run(27, "CausalConvWithState", 2, [OnnxArray.Of([1, 1, 3], [1f, 2, 3]), weight]);
        Assert.Equal([1f, 12, 23], whole[0].Floats());
        Assert.Equal([3f], whole[1].Floats());
        var next = OneNode.Run(27, "CausalConvWithState", 2, [OnnxArray.Of([1, 1, 1], [4f]), weight, null, whole[1]]);
        Assert.Equal([34f], next[0].Floats());
    }
}
