using Retort.Objectives.Response;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class ConfidenceAwareTeachersTests
{
    private static readonly double[] Student = [0.3, -1, 2], Right = Worked.Logits(2, 1, 1), Wrong = Worked.Logits(1, 2, 1);

    /// <summary>Cross-entropies ln 2 and ln 4: a softmax of 1/3 and 2/3, and the weights are what is left of 1.</summary>
    [Fact]
    public void ByHand()
    {
        double Of(double[] teacher) => Worked.Of(new SoftLabel(Worked.T(2)), Student, teacher, [0]).Loss;
        Assert.Equal(2 * Of(Right) / 3
            + Of(Wrong) / 3, Panel.Of(new ConfidenceAwareTeachers(Worked.T(2)), Student, [0], (Right, 0.5), (Wrong, 0.5)).Loss, 1e-12);
    }
}
