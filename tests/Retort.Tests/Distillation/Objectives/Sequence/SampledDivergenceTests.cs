using Retort.Objectives;
using Retort.Objectives.Sequence;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Sequence;

public sealed class SampledDivergenceTests
{
    private static readonly double[] Student = [.. GoldenVectors.StudentProbabilities.Select(q => Math.Log(q))],
        Teacher = [.. GoldenVectors.TeacherProbabilities.Select(p => Math.Log(p))];

    /// <summary>Reference/language 3.9, the token 1 of its vectors.</summary>
    [Theory]
    [InlineData(SampledEstimator.K1, 0.813697343902558)]
    [InlineData(SampledEstimator.K2, 0.33105168373703886)]
    [InlineData(SampledEstimator.K3, 0.2569136538059865)]
    public void Golden(SampledEstimator estimator, double value) =>
        Assert.Equal(value, SampledDivergence.Values(estimator, [Student[1]], [Teacher[1]])[0], 1e-12);

    /// <summary>Over all tokens by their probability: k1 and k3 are the divergence; k3 is never below 0.</summary>
    [Theory]
    [InlineData(SampledEstimator.K1)]
    [InlineData(SampledEstimator.K3)]
    public void TheMeanIsTheDivergence(SampledEstimator estimator)
    {
        var values = SampledDivergence.Values(estimator, Student, Teacher);
        Assert.Equal(GoldenVectors.All["reverse KL, T 1"].Value, values.Select((v, i) => v * Math.Exp(Student[i])).Sum(), 1e-9);
        if (estimator == SampledEstimator.K3) Assert.All(values, value => Assert.True(value >= 0));
    }

    /// <summary>
    /// As a row loss: the gradient of each sampled token is that of its value by differences; and of k2, over all tokens by their
    /// probability, that of reverse KL.
    /// </summary>
    [Theory]
    [InlineData(SampledEstimator.K2)]
    [InlineData(SampledEstimator.K3)]
    public void TheWeightsAreTheGradient(SampledEstimator estimator)
    {
        var mean = new double[5];
        for (var token = 0; token < 5; token++)
        {
            var gradient = Gradient(token, SampledDivergence.WeightsOf(estimator, [Student[token]], [Teacher[token]])[0]);
            for (var i = 0; i < 5; i++)
            {
                double At(double change)
                {
                    double[] z = [.. GoldenVectors.Student];
                    z[i] += change;
                    var logarithm = z[token] - Math.Log(z.Sum(Math.Exp));
                    return SampledDivergence.Values(estimator, [logarithm], [Teacher[token]])[0];
                }
                Assert.Equal((At(1e-5) - At(-1e-5)) / 2e-5, gradient[i], 1e-8);
                mean[i] += GoldenVectors.StudentProbabilities[token] * gradient[i];
            }
        }
        if (estimator != SampledEstimator.K2) return;
        for (var i = 0; i < 5; i++) Assert.Equal(GoldenVectors.All["reverse KL, T 1"].Gradient[i], mean[i], 2e-8);
    }

    private static double[] Gradient(int token, double weight)
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: true);
        var logits = step.Variable(new Shape(1, 5), GoldenVectors.Student);
        step.Backward(step.RowLoss(step.Scale(logits, 1), RowLossTerms.HardOnly(), step.Constant(new Shape(1), [token]),
            weights: new RowWeights(step.Constant(new Shape(1), [weight]), null)).Loss);
        return device.ToDoubles(step.GradientOf(logits));
    }

    [Fact]
    public void K1AsALossIsRefused() => Assert.Contains("0 on average", Assert.Throws<RetortException>(() =>
        SampledDivergence.WeightsOf(SampledEstimator.K1, Student, Teacher)).Message, StringComparison.Ordinal);

    [Fact]
    public void OtherCountsAreRefused() => Assert.Contains("1 student and 2 teacher numbers", Assert.Throws<RetortException>(() =>
        SampledDivergence.Values(SampledEstimator.K3, [1], [1, 2])).Message, StringComparison.Ordinal);

    /// <summary>As a recipe builds it: the mean of the values, and the gradient that belongs to it.</summary>
    [Theory]
    [InlineData("k2", SampledEstimator.K2)]
    [InlineData("k3", SampledEstimator.K3)]
    public void TheAnswersOfABatch(string name, SampledEstimator estimator)
    {
        int[] tokens = [1, 4];
        double[] Twice(double[] row) => [.. row, .. row];
        (double Loss, double[] Gradient) At(double[] logits) => Said.Of(
            CatalogueTests.Create("sampled-divergence", settings: [new Setting("estimator", name)]), logits, Twice(GoldenVectors.Teacher),
            new SaidTokens(tokens, [1, 1], ByStudent: true));
        var logits = Twice(GoldenVectors.Student);
        var (loss, gradient) = At(logits);
        Assert.Equal(tokens.Average(token => SampledDivergence.Values(estimator, [Student[token]], [Teacher[token]])[0]), loss, 1e-9);
        for (var i = 0; i < logits.Length; i++)
        {
            double Moved(double change)
            {
                double[] z = [.. logits];
                z[i] += change;
                return At(z).Loss;
            }
            Assert.Equal((Moved(1e-5) - Moved(-1e-5)) / 2e-5, gradient[i], 1e-8);
        }
    }
}
