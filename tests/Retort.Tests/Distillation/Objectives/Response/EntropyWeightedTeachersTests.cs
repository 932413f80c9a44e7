using Retort.Objectives.Response;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class EntropyWeightedTeachersTests
{
    private static readonly double[] Student = [0.3, -1, 2], Sure = [1000, 0, 0], Unsure = [0, 0, 0];

    /// <summary>Entropies 0 and ln 3: a softmax of 1/4 and 3/4, and the weights are what is left of 1.</summary>
    [Fact]
    public void ByHand()
    {
        double Of(double[] teacher) => Worked.Of(new SoftLabel(Worked.T(2)), Student, teacher, [0]).Loss;
        Assert.Equal(3 * Of(Sure) / 4
            + Of(Unsure) / 4, Panel.Of(new EntropyWeightedTeachers(Worked.T(2)), Student, [0], (Sure, 0.5), (Unsure, 0.5)).Loss, 1e-9);
    }
}
