using Retort.Labels;
using Retort.Objectives;
using Retort.Objectives.Sequence;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Sequence;

/// <summary>BOND on stored draws against its formula: weights, value, gradient, and where there is nothing more to learn.</summary>
public sealed class BestOfNTests
{
    private const int Classes = 5, Draws = 3;

    /// <summary>Four answers to one prompt: 3, 2, 1 and 3 tokens; the second and third are alike.</summary>
    private static readonly int[] Texts = [3, 2, 1, 3], Words = [0, 3, 2, 4, 1, 1, 0, 2, 3];

    private static readonly AnswerRank[] Ranks = [.. AnswerRank.Of([0.9, 0.4, 0.4, 0.1]).Select(rank => rank!.Value)];

    private static readonly double[] Own = [.. Numbers(1)], Reference = [.. Numbers(2)];

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1)]
    public void ValueAndGradientAreThoseOfTheFormula(double backward)
    {
        var (loss, gradient) = Loss(Own, Reference, backward);
        Assert.Equal(Formula(Own, Reference, backward), loss, 1e-9);
        for (var i = 0; i < Own.Length; i++)
        {
            double At(double change)
            {
                double[] moved = [.. Own];
                moved[i] += change;
                return Formula(moved, Reference, backward);
            }
            Assert.Equal((At(1e-5) - At(-1e-5)) / 2e-5, gradient[i], 1e-7);
        }
    }

    /// <summary>By enumeration: all ways to draw three of the four answers, the best of which is kept, ties drawn alike.</summary>
    [Fact]
    public void TheWeightOfARankIsHowOftenItIsTheBestOfTheDraws()
    {
        double[] scores = [0.9, 0.4, 0.4, 0.1], best = new double[4];
        foreach (var one in Enumerable.Range(0, 4))
            foreach (var two in Enumerable.Range(0, 4))
                foreach (var three in Enumerable.Range(0, 4))
                {
                    var most = new[] { one, two, three }.Max(answer => scores[answer]);
                    int[] alike = [.. Enumerable.Range(0, 4).Where(answer => scores[answer] == most)];
                    foreach (var answer in alike) best[answer] += 1.0 / alike.Length / 64;
                }
        foreach (var (answer, rank) in Ranks.Index()) Assert.Equal(4 * best[answer], rank.BestOf(Draws), 1e-12);
        Assert.Equal(1, Ranks.Average(rank => rank.BestOf(Draws)), 1e-12);
    }

    /// <summary>Where an answer is as likely as among the best, the loss is 0 and pulls at nothing; elsewhere it is above.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(1)]
    public void TheBestOfNIsItsOnlyMinimum(double backward)
    {
        var objective = new BestOfN(Draws, backward);
        foreach (var rank in Ranks)
        {
            var there = Math.Log(rank.BestOf(Draws));
            Assert.Equal(0, objective.Value(there, rank), 1e-12);
            Assert.Equal(0, objective.Pull(there, rank), 1e-12);
            foreach (var away in (double[])[-3, -0.1, 0.1, 3])
            {
                Assert.True(objective.Value(there + away, rank) > 0, "a loss that is not above 0");
                Assert.True(objective.Pull(there + away, rank) * away > 0, "it pulls away");
            }
        }
    }

    [Fact]
    public void TheBestBecomesLikelierAndTheWorstLess()
    {
        var gradient = Loss(Own, Own, 0.5).Gradient;
        Assert.True(gradient[0 * Classes + Words[0]] < 0, "a token of the best answer becomes likelier");
        Assert.True(gradient[6 * Classes + Words[6]] > 0, "a token of the worst becomes less likely");
    }

    /// <summary>Texts that nobody ranked, such as those of a validation part, say nothing to it.</summary>
    [Fact]
    public void WithoutRanksThereIsNothingToLearn()
    {
        var (loss, gradient) = Said.Of(new BestOfN(Draws, 0.5), Own, Reference, new SaidTokens(Words, Texts, ByStudent: false));
        Assert.Equal(0, loss);
        Assert.All(gradient, slope => Assert.Equal(0, slope));
    }

    private static double Formula(double[] own, double[] reference, double backward)
    {
        var (sum, first) = (0.0, 0);
        foreach (var (text, tokens) in Texts.Index())
        {
            var logRatio = Enumerable.Range(first, tokens).Sum(token => Logarithm(own, token) - Logarithm(reference, token));
            var (a, b, r) = (Ranks[text].Below, Ranks[text].NotAbove, Math.Exp(logRatio));
            var w = (Math.Pow(b, Draws) - Math.Pow(a, Draws)) / (b - a);
            sum += (1 - backward) * (w * Math.Log(w / r) - w + r) + backward * (r * Math.Log(r / w) - r + w);
            first += tokens;
        }
        return sum / Texts.Length;
    }

    private static double Logarithm(double[] logits, int token) => logits[token * Classes + Words[token]]
        - Math.Log(logits.Skip(token * Classes).Take(Classes).Sum(Math.Exp));

    private static (double Loss, double[] Gradient) Loss(double[] own, double[] reference, double backward) => Said.Of(
        new BestOfN(Draws, backward), own, reference, new SaidTokens(Words, Texts, ByStudent: false) { Ranks = Ranks });

    private static IEnumerable<double> Numbers(ulong seed) => Enumerable.Range(0, Words.Length * Classes)
        .Select(i => (double)(float)(2 * new Retort.Tensors.Seed(seed).UniformDouble((ulong)i) - 1));
}
