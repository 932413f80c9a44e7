using Retort.Objectives.Response;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class SkewReverseKlTests
{
    private static readonly double[] Student = Worked.Logits(2, 1, 1), Teacher = Worked.Logits(1, 2, 1);

    /// <summary>The mixture is (3/8, 3/8, 1/4).</summary>
    [Fact]
    public void ByHand() =>
        Assert.Equal(Math.Log(4.0 / 3) / 2
            + Math.Log(2.0 / 3) / 4, Worked.Of(new SkewReverseKl(Worked.T(1), 0.5), Student, Teacher, [0]).Loss, 1e-12);

    [Fact]
    public void WithoutTheStudentInTheMixtureItIsReverseKl() =>
        Assert.Equal(Worked.Of(new ReverseKl(Worked.T(3)), Student, Teacher, [0]).Loss,
            Worked.Of(new SkewReverseKl(Worked.T(3), 1), Student, Teacher, [0]).Loss, 1e-12);

    /// <summary>In floats a mixture of the teacher alone is 0 where its logarithm is finite.</summary>
    [Fact]
    public void ThatEndIsComputedAsReverseKl() =>
        Assert.Equal(new ReverseKl(Worked.T(3)).TermsAt(0), new SkewReverseKl(Worked.T(3), 1).TermsAt(0));
}
