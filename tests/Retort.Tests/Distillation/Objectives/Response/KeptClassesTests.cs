using Retort.Objectives.Response;
using Retort.Tensors;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class KeptClassesTests
{
    /// <summary>
    /// The teacher kept 1/2 and 1/4, which is 2/3 and 1/3; the student's logits of these two are equal; its third counts nothing.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ByHand(bool unused)
    {
        int[] ids = unused ? [0, 2, -1] : [0, 2];
        double[] logarithms = unused ? [Math.Log(0.5), Math.Log(0.25), 0] : [Math.Log(0.5), Math.Log(0.25)];
        var (loss, gradient) = Worked.Of(new KeptClasses(Worked.T(1)), [5, 9, 5], [0], step =>
            TeacherTarget.TopK(step.Constant(new Shape(1, ids.Length), ids), step.Constant(new Shape(1, ids.Length), logarithms),
                step.Constant(new Shape(1), [0.25])));
        Assert.Equal(2 * Math.Log(4.0 / 3) / 3 + Math.Log(2.0 / 3) / 3, loss, 1e-9);
        Assert.Equal([0.5 - 2.0 / 3, 0, 0.5 - 1.0 / 3], gradient, (a, b) => Math.Abs(a - b) < 1e-8);
    }
}
