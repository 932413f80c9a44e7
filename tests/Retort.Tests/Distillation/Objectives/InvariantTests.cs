using Retort.Objectives.Response;
using Retort.Recipes;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Objectives;

/// <summary>Identities that hold exactly, whatever the numbers: reference/methods, R5.</summary>
public sealed class InvariantTests
{
    private static readonly double[] Student = Numbers(1, 12), Teacher = Numbers(2, 12);

    /// <summary>a) Soft labels are decoupled knowledge with the weight 1 − p_t,y on the other classes.</summary>
    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(20)]
    public void SoftLabelsAreATargetAndAnOtherPart(double temperature)
    {
        for (var row = 0; row < 3; row++)
        {
            double[] student = Student[(4 * row)..(4 * row + 4)], teacher = Teacher[(4 * row)..(4 * row + 4)];
            var rest = 1 - Softmax(teacher, temperature)[row];
            Assert.Equal(Worked.Of(new SoftLabel(Worked.T(temperature)), student, teacher, [row]).Loss,
                Worked.Of(new DecoupledKnowledge(Worked.T(temperature), 1, rest), student, teacher, [row]).Loss,
                    1e-12 * temperature * temperature);
        }
    }

    /// <summary>b) At high temperature the gradient is that of the regression of centred logits.</summary>
    [Fact]
    public void HotSoftLabelsPullAtCentredLogits()
    {
        double[] student = [.. Student.Take(4)], teacher = [.. Teacher.Take(4)];
        var gradient = Worked.Of(new SoftLabel(Worked.T(1000)), student, teacher, [0]).Gradient;
        var limit = Enumerable.Range(0, 4).Select(c => (student[c] - student.Average() - (teacher[c] - teacher.Average())) / 4).ToArray();
        var largest = limit.Max(Math.Abs);
        for (var c = 0; c < 4; c++) Assert.InRange((gradient[c] - limit[c]) / largest, -1e-2, 1e-2);
    }

    /// <summary>c) At T = 1 the divergence is the cross-entropy of the two less the teacher's entropy.</summary>
    [Fact]
    public void ADivergenceIsACrossEntropyLessAnEntropy()
    {
        double[] student = [.. Student.Take(4)], teacher = [.. Teacher.Take(4)];
        double[] p = Softmax(teacher, 1), q = Softmax(student, 1);
        var cross = -p.Zip(q, (a, b) => a * Math.Log(b)).Sum();
        var entropy = -p.Sum(a => a * Math.Log(a));
        Assert.Equal(cross - entropy, Worked.Of(new SoftLabel(Worked.T(1)), student, teacher, [0]).Loss, 1e-12);
    }

    /// <summary>d) Standardised logits: scaling and shifting either side changes nothing.</summary>
    [Theory]
    [InlineData(3, 0, 1, 0)]
    [InlineData(1, -7, 1, 0)]
    [InlineData(1, 0, 0.2, 0)]
    [InlineData(1, 0, 1, 11)]
    public void StandardisedLogitsHaveNoScaleAndNoOffset(double scale, double offset, double teacherScale, double teacherOffset)
    {
        double[] student = [.. Student.Select(z => scale * z + offset)],
            teacher = [.. Teacher.Select(z => teacherScale * z + teacherOffset)];
        Assert.Equal(Worked.Of(new StandardisedLogits(Worked.T(2)), Student, Teacher, [0, 1, 2]).Loss,
            Worked.Of(new StandardisedLogits(Worked.T(2)), student, teacher, [0, 1, 2]).Loss, 1e-6);
    }

    /// <summary>
    /// d) Correlations: positive affine maps of the rows, or of the columns, of the student's probabilities change nothing.
    /// </summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void CorrelationsHaveNoScaleAndNoOffset(bool rows)
    {
        double[] fixedRow = [0.1, 0.2, 0.3, 0.4];
        var changed = new List<double>();
        for (var row = 0; row < 3; row++)
        {
            var p = Softmax(Student[(4 * row)..(4 * row + 4)], 1);
            var share = rows ? 0.3 + 0.2 * row : 0.6; // a map of each row, or one for all rows: each column's is affine then
            changed.AddRange(p.Select((value, c) => Math.Log(share * value + (1 - share) * (rows ? 0.25 : fixedRow[c]))));
        }
        var objective = new CorrelationMatch(Worked.T(1), rows ? 1 : 0, rows ? 0 : 1);
        Assert.Equal(Worked.Of(objective, Student, Teacher, [0, 1, 2]).Loss, Worked.Of(objective, [.. changed], Teacher, [0, 1, 2]).Loss,
            1e-6);
    }

    /// <summary>d) Relations between examples do not see a rotation of the features.</summary>
    [Theory]
    [InlineData("relational-distance")]
    [InlineData("relational-angle")]
    [InlineData("probabilistic-transfer")]
    [InlineData("similarity-preserving")]
    public void RelationsDoNotSeeARotation(string name)
    {
        var (cosine, sine) = (Math.Cos(0.7), Math.Sin(0.7));
        var student = Value.Random(1, 5, 2);
        var turned = new Value(student.Shape,
            [.. student.Numbers.Chunk(2).SelectMany(p => new[] { cosine * p[0] - sine * p[1], sine * p[0] + cosine * p[1] })]);
        var teacher = Value.Random(2, 5, 3);
        Assert.Equal(Hidden.Of(name, student, teacher).Loss, Hidden.Of(name, turned, teacher).Loss, 1e-9);
    }

    /// <summary>d) Distances are in units of the batch.</summary>
    [Fact]
    public void DistancesHaveNoScale()
    {
        Value student = Value.Random(1, 5, 3), teacher = Value.Random(2, 5, 4);
        var larger = new Value(student.Shape, [.. student.Numbers.Select(number => 9 * number)]);
        Assert.Equal(Hidden.Of("relational-distance", student, teacher).Loss, Hidden.Of("relational-distance", larger, teacher).Loss, 1e-9);
    }

    /// <summary>d) Attention maps do not see the order of channels.</summary>
    [Fact]
    public void AttentionDoesNotSeeTheOrderOfChannels()
    {
        Value student = Value.Random(1, 2, 3, 4, 4), teacher = Value.Random(2, 2, 5, 4, 4);
        Assert.Equal(Hidden.Of("attention-transfer", student, teacher).Loss,
            Hidden.Of("attention-transfer", Reversed(student), teacher).Loss, 1e-12);
    }

    /// <summary>d) A flow does see it, in one layer only; in both layers of both nets it does not.</summary>
    [Fact]
    public void AFlowSeesTheOrderOfChannels()
    {
        Value[] student = [Value.Random(1, 2, 3, 4, 4), Value.Random(2, 2, 3, 2, 2)],
            teacher = [Value.Random(3, 2, 3, 4, 4), Value.Random(4, 2, 3, 2, 2)];
        var loss = Hidden.Of("flow-of-solution", student, teacher).Loss;
        Assert.NotEqual(loss, Hidden.Of("flow-of-solution", [Reversed(student[0]), student[1]], teacher).Loss, 1e-3);
        Assert.Equal(loss, Hidden.Of("flow-of-solution", [.. student.Select(Reversed)], [.. teacher.Select(Reversed)]).Loss, 1e-12);
    }

    /// <summary>Section 6.2: with T² the gradient keeps its size.</summary>
    [Theory]
    [InlineData("soft-label")]
    [InlineData("reverse-kl")]
    [InlineData("jensen-shannon")]
    [InlineData("skew-reverse-kl")]
    [InlineData("corrected-teacher")]
    [InlineData("permuted-knowledge")]
    [InlineData("decoupled-knowledge")]
    [InlineData("standardised-logits")]
    public void TheGradientKeepsItsSize(string name)
    {
        double Norm(double temperature) => Math.Sqrt(Worked.Of(CatalogueTests.Create(name, temperature, 4), Student, Teacher,
            [0, 1, 2]).Gradient.Sum(slope => slope * slope));
        Assert.InRange(Norm(4) / Norm(8), 0.8, 1.25);
    }

    /// <summary>Section 6.8: weights say what they weigh.</summary>
    [Fact]
    public void NoKeyIsCalledByAGreekLetter() =>
        Assert.DoesNotContain(Catalog.Objectives.SelectMany(entry => entry.Keys), key =>
            key.Name is "alpha" or "beta" or "gamma" or "lambda");

    private static Value Reversed(Value value)
    {
        var places = (int)(value.Shape[2] * value.Shape[3]);
        return new Value(value.Shape,
            [.. value.Numbers.Chunk(places).Chunk((int)value.Shape[1]).SelectMany(maps => maps.Reverse()).SelectMany(map => map)]);
    }

    private static double[] Softmax(double[] logits, double temperature)
    {
        var weights = logits.Select(z => Math.Exp(z / temperature)).ToArray();
        return [.. weights.Select(weight => weight / weights.Sum())];
    }

    private static double[] Numbers(ulong seed, int count) =>
        [.. Enumerable.Range(0, count).Select(i => 1.5 * new Seed(seed).Normal((ulong)i))];
}
