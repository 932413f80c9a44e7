using Retort.Teachers.Onnx;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

public sealed class DeterminantOperatorsTests
{
    [Fact]
    public void EachMatrixHasItsOwn()
    {
        // the first needs rows swapped, the second has none that are free of each other
        var x = OnnxArray.Of([3, 2, 2], [0f, 2, 3, 4, 1, 2, 2, 4, 1, 2, 3, 4]);
        Assert.Equal([-6f, 0, -2], OneNode.Run("Det", [x]).Floats(), (a, b) => Math.Abs(a - b) < 1e-6f);
    }
}
