using Retort.Objectives;
using Retort.Objectives.Sequence;
using Retort.Recipes;
using Retort.Tensors;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Sequence;

public sealed class MiniLlmTests
{
    private const int Vocabulary = 3, Parameters = Vocabulary + Vocabulary * Vocabulary;

    private static readonly double[] Student = Numbers(1), Teacher = Numbers(2);

    private static double[] Numbers(ulong seed) => [.. Enumerable.Range(0, Parameters).Select(i => new Seed(seed).Normal((ulong)i))];

    /// <summary>
    /// All answers of two tokens, each as often as the student gives it: the mean gradient is that of KL(student ‖ teacher) over answers,
    /// by differences; with the first step of each reward summed over the vocabulary, and without.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TheMeanGradientIsThatOfTheDivergenceOfAnswers(bool singleStep)
    {
        var gradient = new double[Parameters];
        var objective = new MiniLlm(1, AdvantageForm.Discounted) { SingleStep = singleStep, Whitens = false };
        for (var first = 0; first < Vocabulary; first++)
            for (var second = 0; second < Vocabulary; second++)
            {
                double[] own = [Logarithm(Student, 0, first), Logarithm(Student, 1 + first, second)],
                    their = [Logarithm(Teacher, 0, first), Logarithm(Teacher, 1 + first, second)];
                var slopes = Gradient(objective, new SampledTokens(own, their, [1, 1], 2), first, second);
                var probability = Math.Exp(own.Sum());
                for (var i = 0; i < Vocabulary; i++)
                {
                    gradient[i] += probability * slopes[i];
                    gradient[Vocabulary * (1 + first) + i] += probability * slopes[Vocabulary + i];
                }
            }
        for (var i = 0; i < Parameters; i++)
        {
            double At(double change)
            {
                double[] moved = [.. Student];
                moved[i] += change;
                return DivergenceOfAnswers(moved);
            }
            Assert.Equal((At(1e-5) - At(-1e-5)) / 2e-5, gradient[i], 1e-8);
        }
    }

    /// <summary>ln softmax of one row of the table: row 0 is the first token's, row 1 + t the second's behind the token t.</summary>
    private static double Logarithm(double[] table, int row, int token)
    {
        var logits = table.AsSpan(row * Vocabulary, Vocabulary).ToArray();
        return logits[token] - Math.Log(logits.Sum(Math.Exp));
    }

    private static double DivergenceOfAnswers(double[] student)
    {
        var sum = 0.0;
        for (var first = 0; first < Vocabulary; first++)
            for (var second = 0; second < Vocabulary; second++)
            {
                var own = Logarithm(student, 0, first) + Logarithm(student, 1 + first, second);
                sum += Math.Exp(own) * (own - Logarithm(Teacher, 0, first) - Logarithm(Teacher, 1 + first, second));
            }
        return sum;
    }

    /// <summary>Of the sum over both tokens, at the logits [2, 3].</summary>
    private static double[] Gradient(MiniLlm objective, SampledTokens given, int first, int second)
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: true);
        static double[] Rows(double[] table, int first) =>
            [.. table[..Vocabulary], .. table[(Vocabulary * (1 + first))..(Vocabulary * (2 + first))]];
        var shape = new Shape(2, Vocabulary);
        var logits = step.Variable(shape, Rows(Student, first));
        TeacherTarget? teacher = objective.SingleStep ? TeacherTarget.Logits(step.Constant(shape, Rows(Teacher, first))) : null;
        step.Backward(step.RowLoss(step.Scale(logits, 1), objective.Terms, step.Constant(new Shape(2), [first, second]), teacher,
            objective.RowsOf(step, given)).Loss);
        return [.. device.ToDoubles(step.GradientOf(logits)).Select(slope => 2 * slope)];
    }

    /// <summary>Rewards 1, 2, 3 at γ = 0.9: each token's advantage is what follows it, and the last has none.</summary>
    [Theory]
    [InlineData(AdvantageForm.Discounted, 0.9 * 4.7, 0.9 * 3)]
    [InlineData(AdvantageForm.DividedByTokensLeft, 0.9 * 2.35, 0.9 * 3)]
    [InlineData(AdvantageForm.FromTheStart, 4.23, 2.43)]
    public void TheFirstStepIsNoPartOfTheAdvantage(AdvantageForm form, double first, double second)
    {
        var found = new MiniLlm(0.9, form) { Whitens = false }
            .Advantages(new SampledTokens([-1, -2, -3, -9], [0, 0, 0, 0], [1, 1, 1, 0], 4));
        Assert.Equal([first, second, 0, 0], found, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    /// <summary>(1, 2, 3) less 2, by the root of 2/3; what is masked stays 0.</summary>
    [Fact]
    public void WhitenedOverTokensThatCount()
    {
        var found = new MiniLlm(0, AdvantageForm.Discounted) { SingleStep = false }
            .Advantages(new SampledTokens([-1, -2, -3, -50], [0, 0, 0, 0], [1, 1, 1, 0], 4));
        var one = Math.Sqrt(1.5);
        Assert.Equal([-one, 0, one, 0], found, (a, b) => Math.Abs(a - b) < 1e-7);
    }

    /// <summary>
    /// Rewards 1 and −1, one token a row, γ = 0. A probability that is 1.3 or 0.5 of what it was is beyond the clip of 0.2 where the
    /// advantage wants it there, and pulls back where it does not.
    /// </summary>
    [Theory]
    [InlineData(1.3, 0, -1.3)]
    [InlineData(1.1, 1.1, -1.1)]
    [InlineData(0.5, 0.5, 0)]
    public void BeyondTheClipNothingPulls(double ratio, double good, double bad)
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: true);
        var given = new SampledTokens([-2, -2], [-1, -3], [1, 1], 1) { Current = [-2 + Math.Log(ratio), -2 + Math.Log(ratio)] };
        var weights = new MiniLlm(0, AdvantageForm.Discounted) { SingleStep = false, Whitens = false }.RowsOf(step, given);
        Assert.Equal([good, bad], device.ToDoubles(weights.Hard!.Value), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Null(weights.Soft);
    }

    [Theory]
    [InlineData(2, 1, "2 numbers of the sampler and 1 of the student as it is")]
    [InlineData(3, 2, "3 numbers of the sampler and 2 of the student as it is")]
    public void OtherCountsAreRefused(int sampler, int current, string what)
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: true);
        var given = new SampledTokens([-1, -1], [-1, -1], [1, 1], 2) { Sampler = new double[sampler], Current = new double[current] };
        Assert.Contains(what, Assert.Throws<RetortException>(() => new MiniLlm().RowsOf(step, given)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AMaskOfOtherTokensIsRefused()
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: true);
        Assert.Contains("2 student, 2 teacher and 1 mask numbers", Assert.Throws<RetortException>(() =>
            new MiniLlm().RowsOf(step, new SampledTokens([-1, -1], [-1, -1], [1], 2))).Message, StringComparison.Ordinal);
    }

    /// <summary>Sampled from 0.8 of the student and 0.2 of the teacher: a token twice as likely by the teacher counts 1/1.2.</summary>
    [Fact]
    public void AMixedSamplerIsMadeUpFor()
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: true);
        double student = Math.Log(0.3), teacher = Math.Log(0.6);
        var given = new SampledTokens([student, student], [teacher, teacher], [1, 0], 2)
        {
            Sampler = [Math.Log(0.8 * 0.3 + 0.2 * 0.6), 0],
        };
        var weights = new MiniLlm { Whitens = false }.RowsOf(step, given);
        Assert.Equal([1 / 1.2, 0], device.ToDoubles(weights.Soft!.Value), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    /// <summary>
    /// As a recipe builds it: two answers, of two tokens and one. The value is the mean reverse KL of the places, the gradient that of the
    /// row loss with these weights; and the same through the head, in chunks.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheAnswersOfABatch(bool throughTheHead)
    {
        int[] tokens = [2, 0, 1];
        double[] student = [.. Student[..9]], teacher = [.. Teacher[..9]];
        double Ln(double[] logits, int row) =>
            logits[3 * row + tokens[row]] - Math.Log(logits.Skip(3 * row).Take(3).Sum(Math.Exp));
        var objective = (MiniLlm)CatalogueTests.Create("mini-llm", settings: [new("discount", "0.5"), new("form", "discounted"),
            new("firstStep", "summed"), new("whiten", "no")]);
        var (loss, gradient) = Said.Of(objective, student, teacher, new SaidTokens(tokens, [2, 1], ByStudent: true), throughTheHead);
        var reward = Ln(teacher, 1) - Ln(student, 1); // what follows the first token of the first answer, discounted
        var expected = new double[9];
        var value = 0.0;
        for (var row = 0; row < 3; row++)
        {
            double[] q = Softmax(student, row), p = Softmax(teacher, row);
            var divergence = q.Zip(p, (a, b) => a * Math.Log(a / b)).Sum();
            value += divergence / 3;
            for (var i = 0; i < 3; i++)
                expected[3 * row + i] = (q[i] * (Math.Log(q[i] / p[i]) - divergence)
                    + (row == 0 ? 0.5 * reward * (q[i] - (i == tokens[row] ? 1 : 0)) : 0)) / 3;
        }
        Assert.Equal(value, loss, 1e-9);
        for (var i = 0; i < 9; i++) Assert.Equal(expected[i], gradient[i], 1e-9);
    }

    /// <summary>A text of the data was not drawn by the student.</summary>
    [Fact]
    public void OthersTextsSayNothing()
    {
        foreach (var name in (string[])["mini-llm", "sampled-divergence"])
        {
            var settings = Catalog.Objective(name, "").Keys.Select(key => new Setting(key.Name, key.Default)).ToArray();
            var (loss, gradient) = Said.Of(CatalogueTests.Create(name, settings: settings), Student[..6], Teacher[..6],
                new SaidTokens(new[] { 2, 0 }, [2], ByStudent: false));
            Assert.Equal(0, loss);
            Assert.All(gradient, slope => Assert.Equal(0, slope));
        }
    }

    private static double[] Softmax(double[] logits, int row)
    {
        double[] weights = [.. logits.Skip(3 * row).Take(3).Select(Math.Exp)];
        return [.. weights.Select(weight => weight / weights.Sum())];
    }
}
