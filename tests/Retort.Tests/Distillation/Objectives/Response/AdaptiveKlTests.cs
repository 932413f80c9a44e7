using Retort.Objectives.Response;
using Retort.Tensors;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class AdaptiveKlTests
{
    /// <summary>
    /// Teacher (.5, .3, .2): the head of mass .6 is the first two. Student (.2, .3, .5): the gaps are .3 and 0 in the head, .3 in the tail;
    /// of mass .5 it is the first alone, with the same gaps; of mass 1 all of them, and no reverse part is left.
    /// </summary>
    [Theory]
    [InlineData(0.6, 0.5)]
    [InlineData(0.4, 0.5)]
    [InlineData(1, 1)]
    public void ByHand(double headMass, double weight)
    {
        double[] student = Worked.Logits(2, 3, 5), teacher = Worked.Logits(5, 3, 2);
        var (loss, gradient) = Worked.Of(new AdaptiveKl(Worked.T(1), headMass), student, teacher, [0]);
        var (expected, slopes) = Worked.Of(new Jeffreys(Worked.T(1), weight), student, teacher, [0]);
        Assert.Equal(expected, loss, 1e-12);
        for (var i = 0; i < 3; i++) Assert.Equal(slopes[i], gradient[i], 1e-12);
    }

    /// <summary>Head and tail by the order of the vocabulary would make the loss depend on it.</summary>
    [Fact]
    public void EqualClassesAreInTheHeadTogether()
    {
        double[] student = Worked.Logits(1, 2, 3, 4), teacher = Worked.Logits(3, 3, 2, 2);
        var loss = Worked.Of(new AdaptiveKl(Worked.T(1), 0.2), student, teacher, [0]).Loss;
        Assert.Equal(loss, Worked.Of(new AdaptiveKl(Worked.T(1), 0.2), Worked.Logits(2, 1, 4, 3), teacher, [0]).Loss, 1e-12);
    }

    /// <summary>The rest of truncated labels is one class, which may itself be the head.</summary>
    [Fact]
    public void TheRestIsAClass()
    {
        var (loss, _) = Worked.Of(new AdaptiveKl(Worked.T(1), 0.5), Worked.Logits(2, 3, 1, 4), [0], step => TeacherTarget.TopK(
            step.Constant(new Shape(1, 2), [0, 1]), step.Constant(new Shape(1, 2), [Math.Log(0.3), Math.Log(0.1)]),
            step.Constant(new Shape(1), [0.6])));
        Assert.Equal(Worked.Of(new AdaptiveKl(Worked.T(1), 0.5), Worked.Logits(2, 3, 5), Worked.Logits(3, 1, 6), [0]).Loss, loss, 1e-12);
    }
}
