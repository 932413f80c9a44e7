using Retort.Objectives;
using Retort.Objectives.Sequence;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Sequence;

/// <summary>DPO against its formula: value, gradient, and what does not change it.</summary>
public sealed class DirectPreferenceTests
{
    private const int Classes = 5, Tokens = 9;
    private const double Strength = 0.7;

    /// <summary>Two pairs: 3 tokens against 2, and 1 against 3.</summary>
    private static readonly int[] Texts = [3, 2, 1, 3], Words = [0, 3, 2, 4, 1, 1, 0, 2, 3];

    private static readonly double[] Own = [.. Numbers(1)], Reference = [.. Numbers(2)];

    [Fact]
    public void ValueAndGradientAreThoseOfTheFormula()
    {
        var (loss, gradient) = Loss(Own, Reference);
        Assert.Equal(Formula(Own, Reference), loss, 1e-9);
        for (var i = 0; i < Own.Length; i++)
        {
            double At(double change)
            {
                double[] moved = [.. Own];
                moved[i] += change;
                return Formula(moved, Reference);
            }
            Assert.Equal((At(1e-5) - At(-1e-5)) / 2e-5, gradient[i], 1e-8);
        }
    }

    /// <summary>A student that is its reference prefers nothing: ln 2, whatever the pairs say.</summary>
    [Fact]
    public void TheReferenceItselfLosesLnTwo() => Assert.Equal(Math.Log(2), Loss(Own, Own).Loss, 1e-9);

    [Fact]
    public void TheWorseAnswerBecomesLessLikely()
    {
        var gradient = Loss(Own, Own).Gradient;
        Assert.True(gradient[0 * Classes + Words[0]] < 0, "a token of the preferred answer becomes likelier");
        Assert.True(gradient[3 * Classes + Words[3]] > 0, "a token of the other becomes less likely");
    }

    [Fact]
    public void ThreeTextsAreNoPairs() => Assert.Contains("3 texts of 9 tokens", Assert.Throws<RetortException>(() =>
        DirectPreference.Margins(new double[9], new double[9], [3, 3, 3])).Message, StringComparison.Ordinal);

    private static double Formula(double[] own, double[] reference)
    {
        double LogRatio(int first, int count) =>
            Enumerable.Range(first, count).Sum(token => Logarithm(own, token) - Logarithm(reference, token));
        double[] margins = [LogRatio(0, 3) - LogRatio(3, 2), LogRatio(5, 1) - LogRatio(6, 3)];
        return margins.Average(margin => Math.Log(1 + Math.Exp(-Strength * margin)));
    }

    private static double Logarithm(double[] logits, int token) => logits[token * Classes + Words[token]]
        - Math.Log(logits.Skip(token * Classes).Take(Classes).Sum(Math.Exp));

    private static (double Loss, double[] Gradient) Loss(double[] own, double[] reference) =>
        Said.Of(new DirectPreference(Strength), own, reference, new SaidTokens(Words, Texts, ByStudent: false));

    private static IEnumerable<double> Numbers(ulong seed) => Enumerable.Range(0, Tokens * Classes)
        .Select(i => (double)(float)(2 * new Seed(seed).UniformDouble((ulong)i) - 1));
}
