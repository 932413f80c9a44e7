using Retort.Objectives;
using Retort.Objectives.Response;
using Retort.Objectives.Sequence;
using Retort.Tensors;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class SortedProbabilitiesTests
{
    /// <summary>(1/2, 1/4, 1/4) against (3/4, 1/4, –).</summary>
    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 1)]
    public void ByHand(double first, double second) =>
        Assert.Equal(0.5,
            Worked.Of(new SortedProbabilities(Worked.T(1), Worked.T(1)), Worked.Logits(1, 2, 1), Worked.Logits(first, second), [0]).Loss,
            1e-12);

    [Fact]
    public void ClassesHaveNoNames() =>
        Assert.Equal(0,
            Worked.Of(new SortedProbabilities(Worked.T(1), Worked.T(1)), Worked.Logits(1, 2, 5), Worked.Logits(5, 1, 2), [0]).Loss, 1e-12);

    /// <summary>Of a teacher with other tokens the places count where both stand at the same place: the second and the first.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AtTheSamePlaceOfAText(bool throughTheHead)
    {
        double[] student = Worked.Logits(1, 9, 1, 1, 2, 1);
        (double Loss, double[] Gradient) Of(params AlignedSpan[] spans) => Said.Of(new SortedProbabilities(Worked.T(1), Worked.T(1)),
            student, [], new SaidTokens(new[] { 0, 1 }, [2], ByStudent: false), throughTheHead, step => new TeacherSpans(
                new TeacherHead(step.Constant(new Shape(1, 2), Worked.Logits(1, 3)), Said.Unit(step, 2)), [1], spans, [0, 1, -1]));
        var (loss, gradient) = Of(new AlignedSpan(1, 2, 0, 1));
        Assert.Equal(0.5, loss, 1e-9);
        Assert.All(gradient[..3], slope => Assert.Equal(0, slope));
        Assert.Contains(gradient[3..], slope => slope != 0);
        Assert.Equal(0, Of().Loss);
    }
}
