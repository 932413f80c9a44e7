using Retort.Objectives.Response;
using Retort.Tensors.Devices;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class SkewForwardKlTests
{
    private static readonly double[] Student = Worked.Logits(2, 1, 1), Teacher = Worked.Logits(1, 2, 1);

    /// <summary>The mixture is (3/8, 3/8, 1/4).</summary>
    [Fact]
    public void ByHand() =>
        Assert.Equal(Math.Log(2.0 / 3) / 4
            + Math.Log(4.0 / 3) / 2, Worked.Of(new SkewForwardKl(Worked.T(1), 0.5), Student, Teacher, [0]).Loss, 1e-12);

    [Fact]
    public void WithoutTheTeacherInTheMixtureItIsSoftLabel() =>
        Assert.Equal(Worked.Of(new SoftLabel(Worked.T(3)), Student, Teacher, [0]).Loss,
            Worked.Of(new SkewForwardKl(Worked.T(3), 0), Student, Teacher, [0]).Loss, 1e-12);

    /// <summary>In floats a mixture of the student alone is 0 where its logarithm is finite.</summary>
    [Fact]
    public void ThatEndIsComputedAsSoftLabel() =>
        Assert.Equal(new SoftLabel(Worked.T(3), TailMode.Renormalise).TermsAt(0),
            new SkewForwardKl(Worked.T(3), 0, TailMode.Renormalise).TermsAt(0));
}
