using Retort.Objectives;
using Retort.Objectives.Response;
using Retort.Objectives.Sequence;
using Retort.Tensors;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Sequence;

public sealed class SpanKlTests
{
    private static readonly double[] Student = Numbers(1, 15), Teacher = Numbers(2, 15);

    private static double[] Numbers(ulong seed, int count) => [.. Enumerable.Range(0, count).Select(i => new Seed(seed).Normal((ulong)i))];

    /// <summary>One tokenizer on both sides is no span of several tokens: soft-label.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheSameTokensAreSoftLabels(bool throughTheHead)
    {
        var (loss, gradient) = Of(Student, [new(0, 1, 0, 1), new(1, 2, 1, 2), new(2, 3, 2, 3)], [0, 1, 2, 3, 4], 64, throughTheHead);
        var (expected, slopes) = Worked.Of(new SoftLabel(Worked.T(1)), Student, Teacher, [0, 4, 2]);
        Assert.Equal(expected, loss, 1e-6);
        for (var i = 0; i < slopes.Length; i++) Assert.Equal(slopes[i], gradient[i], 1e-6);
    }

    /// <summary>What the teacher does not know, and what is not among the likeliest, is one outcome.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(64)]
    public void TheRestIsOneOutcome(int keep)
    {
        var loss = Of(Student[..5], [new(0, 1, 0, 1)], [0, -1, 2, 3, -1], keep).Loss;
        double[] q = Softmax(Student, 0), p = Softmax(Teacher, 0);
        int[] kept = [.. new[] { 0, 2, 3 }.OrderByDescending(id => p[id]).Take(keep)];
        double rest = 1 - kept.Sum(id => p[id]), other = 1 - kept.Sum(id => q[id]);
        Assert.Equal(kept.Sum(id => p[id] * Math.Log(p[id] / q[id])) + rest * Math.Log(rest / other), loss, 1e-6);
    }

    /// <summary>
    /// Two tokens of the student for three of the teacher, and one for two: P ln(P/Q) + (1 − P) ln((1 − P)/(1 − Q)), and its gradient by
    /// differences.
    /// </summary>
    [Theory]
    [InlineData(0, 2, 0, 3)]
    [InlineData(1, 2, 0, 2)]
    [InlineData(0, 3, 1, 2)]
    public void SeveralTokensTogether(int start, int end, int teacherStart, int teacherEnd)
    {
        (double Loss, double[] Gradient) At(double[] logits) =>
            Of(logits, [new(start, end, teacherStart, teacherEnd)], [0, -1, 2, 3, -1], 64, teacherTokens: [1, 3, 0]);
        var (loss, gradient) = At(Student);
        double Product(double[] logits, int[] tokens, int first, int last) =>
            Math.Exp(Enumerable.Range(first, last - first).Sum(row => Math.Log(Softmax(logits, row)[tokens[row]])));
        double p = Product(Teacher, [1, 3, 0], teacherStart, teacherEnd), q = Product(Student, [0, 4, 2], start, end);
        Assert.Equal((p * Math.Log(p / q) + (1 - p) * Math.Log((1 - p) / (1 - q))) / 3, loss, 1e-6);
        for (var i = 0; i < Student.Length; i++)
        {
            double Moved(double change)
            {
                double[] z = [.. Student];
                z[i] += change;
                return At(z).Loss;
            }
            Assert.Equal((Moved(1e-4) - Moved(-1e-4)) / 2e-4, gradient[i], 1e-6);
        }
    }

    [Fact]
    public void NoSpanTeachesNothing()
    {
        var (loss, gradient) = Of(Student, [], [0, 1, 2, 3, 4], 64);
        Assert.Equal(0, loss);
        Assert.All(gradient, slope => Assert.Equal(0, slope));
    }

    /// <summary>The student says [0, 4, 2]; the teacher's hidden states are its logits.</summary>
    private static (double Loss, double[] Gradient) Of(double[] student, AlignedSpan[] spans, int[] teacherOf, int keep,
        bool throughTheHead = false, int[]? teacherTokens = null)
    {
        var rows = student.Length / 5;
        return Said.Of(new SpanKl(keep), student, [], new SaidTokens(new[] { 0, 4, 2 }.AsMemory(0, rows), [rows], ByStudent: false),
            throughTheHead, step => new TeacherSpans(new TeacherHead(step.Constant(new Shape(3, 5), Teacher), Said.Unit(step, 5)),
                teacherTokens ?? [0, 4, 2], spans, teacherOf));
    }

    private static double[] Softmax(double[] logits, int row)
    {
        double[] weights = [.. logits.Skip(5 * row).Take(5).Select(Math.Exp)];
        return [.. weights.Select(weight => weight / weights.Sum())];
    }
}
