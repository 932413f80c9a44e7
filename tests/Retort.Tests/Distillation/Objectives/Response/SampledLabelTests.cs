using Retort.Objectives.Response;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Response;

public sealed class SampledLabelTests
{
    /// <summary>Of four draws three were class 2 and one class 0; the second row has one draw.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ByHand(bool unused)
    {
        int[] ids = unused ? [0, 2, -1, 1, -1, -1] : [0, 2, 1, -1], counts = unused ? [1, 3, 0, 1, 0, 0] : [1, 3, 1, 0];
        var (loss, gradient) = Worked.Of(new SampledLabel(), Worked.Logits(2, 1, 1, 1, 2, 1), [0, 0], step =>
            SampledLabel.Target(step, step.Constant(new Shape(2, ids.Length / 2), ids), counts));
        Assert.Equal((0.25 * Math.Log(2) + 0.75 * Math.Log(4) + Math.Log(2)) / 2, loss, 1e-12);
        double[] expected = [0.25, 0.25, -0.5, 0.25, -0.5, 0.25]; // q − p̂
        for (var i = 0; i < 6; i++) Assert.Equal(expected[i] / 2, gradient[i], 1e-12);
    }

    /// <summary>
    /// The mean over draws is the teacher's distribution: with 20,000 rows of 12 draws (Anshumann et al.: enough) the gradient is that of
    /// soft-label to 4 standard errors, which the two likeliest classes alone, made to sum to one, are not.
    /// </summary>
    [Fact]
    public void UnbiasedWhereTheLargestAloneAreNot()
    {
        const int rows = 20_000, draws = 12;
        var p = GoldenVectors.TeacherProbabilities;
        var counts = new int[rows * p.Length];
        var seed = new Seed(11);
        for (var i = 0; i < rows * draws; i++)
        {
            var (point, place) = (seed.UniformDouble((ulong)i), 0);
            while (place < p.Length - 1 && (point -= p[place]) >= 0) place++;
            counts[i / draws * p.Length + place]++;
        }
        int[] ids = [.. Enumerable.Range(0, counts.Length).Select(i => i % p.Length)];
        double[] student = [.. Enumerable.Range(0, counts.Length).Select(i => GoldenVectors.Student[i % p.Length])];
        var (_, gradient) = Worked.Of(new SampledLabel(), student, new int[rows], step =>
            SampledLabel.Target(step, step.Constant(new Shape(rows, p.Length), ids), counts));
        for (var c = 0; c < p.Length; c++)
        {
            var sum = Enumerable.Range(0, rows).Sum(row => gradient[row * p.Length + c]);
            var error = Math.Sqrt(p[c] * (1 - p[c]) / (rows * draws));
            Assert.Equal(GoldenVectors.StudentProbabilities[c] - p[c], sum, 4 * error);
            var truncated = c < 2 ? p[c] / (p[0] + p[1]) : 0;
            Assert.NotInRange(GoldenVectors.StudentProbabilities[c] - truncated, sum - 4 * error, sum + 4 * error);
        }
    }
}
