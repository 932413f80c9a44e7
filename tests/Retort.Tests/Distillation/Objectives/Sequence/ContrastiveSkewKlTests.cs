using Retort.Objectives;
using Retort.Objectives.Sequence;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Sequence;

public sealed class ContrastiveSkewKlTests
{
    /// <summary>Reference/language 3.9: one token of the teacher's text and one of the student's.</summary>
    [Fact]
    public void Golden() => Assert.Equal(GoldenVectors.All["DistiLLM-2, beta 1, one token each"].Value,
        Of(1, byStudent: false).Loss + Of(1, byStudent: true).Loss, 1e-9);

    /// <summary>Given texts by skew KL, own answers by skew reverse KL; w moves weight from the one to the other.</summary>
    [Theory]
    [InlineData(false, 0.5, "skew KL, a .1, m = aT+(1-a)S", 1.5)]
    [InlineData(true, 0.5, "skew reverse KL, a .1, m = (1-a)T+aS", 0.5)]
    [InlineData(true, 0, "skew reverse KL, a .1, m = (1-a)T+aS", 0)]
    public void WhoWroteItDecides(bool byStudent, double ownShare, string line, double weight)
    {
        var (value, gradient) = GoldenVectors.All[line];
        var (loss, slopes) = Of(ownShare, byStudent);
        Assert.Equal(weight * value, loss, 1e-9);
        for (var i = 0; i < gradient.Length; i++) Assert.Equal(weight * gradient[i], slopes[i], 4e-8);
    }

    private static (double Loss, double[] Gradient) Of(double ownShare, bool byStudent) => Said.Of(
        new ContrastiveSkewKl(Worked.T(1), 0.1, ownShare), GoldenVectors.Student, GoldenVectors.Teacher,
        new SaidTokens(new[] { 1 }, [1], byStudent));
}
