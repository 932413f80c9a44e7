using Retort.Tensors;
using Retort.Tensors.Autograd;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Distillation.Objectives.Sequence;

/// <summary>
/// Defects that other programs had in the losses of sequences, each once: reference/language 3.8, whose numbers stand before the names.
/// Those of texts and tokens are in <see cref="FieldTextDefectTests"/>.
/// </summary>
public sealed class FieldDefectTests
{
    private const int Classes = 6, Width = 4;

    private static readonly SoftLoss[] Divergences =
        [.. Enum.GetValues<SoftLoss>().Except([SoftLoss.None, SoftLoss.LogitMeanSquaredError])];

    /// <summary>Whose weights or mixtures are constants of a step, so that no difference of values is their gradient.</summary>
    private static readonly SoftLoss[] Detached = [SoftLoss.AdaptiveKl, SoftLoss.Interpolated];

    public static TheoryData<SoftLoss> All => [.. Divergences];
    public static TheoryData<SoftLoss> Smooth => [.. Divergences.Except(Detached)];
    public static TheoryData<SoftLoss> Distances => [.. Divergences.Except([SoftLoss.CrossEntropy])];

    /// <summary>Of which any coarsening of the outcomes is at most the whole: the f-divergences and their sums.</summary>
    public static TheoryData<SoftLoss> Coarsened => [.. Divergences.Except([.. Detached, SoftLoss.CrossEntropy])];

    public static TheoryData<SoftLoss, bool> OnBoth =>
        new(Divergences.SelectMany(soft => new[] { false, true }.Select(cpu => (soft, cpu))));

    private static Device Make(bool cpu) => cpu ? new CpuDevice(1) : new ReferenceDevice();

    private static RowLossTerms Soft(SoftLoss soft, double temperature = 1) =>
        RowLossTerms.SoftOnly(soft, temperature) with { TeacherWeight = 0.3 };

    private static double[] Numbers(ulong seed, int count) =>
        [.. Enumerable.Range(0, count).Select(i => 1.5 * new Seed(seed).Normal((ulong)i))];

    /// <summary>Mean loss, losses of rows and gradient at the logits.</summary>
    private static (double Loss, double[] Rows, double[] Gradient) Of(Device device, RowLossTerms terms, double[] student, double[] teacher,
        int[]? labels = null)
    {
        using var step = new Step(device);
        step.Begin(training: true);
        var shape = new Shape(student.Length / Classes, Classes);
        var logits = step.Variable(shape, student);
        Tensor? counted = labels is null ? null : step.Constant(new Shape(labels.Length), labels);
        var result = step.RowLoss(step.Scale(logits, 1), terms, counted, TeacherTarget.Logits(step.Constant(shape, teacher)));
        step.Backward(result.Loss);
        return (device.ToDoubles(result.Loss)[0], device.ToDoubles(result.SoftLosses), device.ToDoubles(step.GradientOf(logits)));
    }

    /// <summary>1: "batchmean" divides by texts, "mean" by tokens times classes. Two texts of 1 and 3 tokens in rows of 4.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void TheMeanIsOverTokensOfAllTexts(SoftLoss soft)
    {
        using var device = new ReferenceDevice();
        double[] student = Numbers(1, 8 * Classes), teacher = Numbers(2, 8 * Classes);
        int[] labels = [0, -100, -100, -100, 1, 2, 3, -100];
        var (loss, _, _) = Of(device, Soft(soft), student, teacher, labels);
        var alone = new[] { 0, 4, 5, 6 }.Select(row => Of(device, Soft(soft), student[(row * Classes)..((row + 1) * Classes)],
            teacher[(row * Classes)..((row + 1) * Classes)]).Loss);
        Assert.Equal(alone.Sum() / 4, loss, 1e-12);
    }

    /// <summary>2: T² in the value and not in the gradient.</summary>
    [Theory]
    [MemberData(nameof(Smooth))]
    public void TheTemperatureIsSquaredInTheGradientToo(SoftLoss soft)
    {
        using var device = new ReferenceDevice();
        var teacher = Numbers(2, 2 * Classes);
        var error = GradientCheck.WorstError(device, [(new Shape(2, Classes), Numbers(1, 2 * Classes))], (step, x) =>
            step.RowLoss(step.Scale(x[0], 1), Soft(soft, 2), null,
                TeacherTarget.Logits(step.Constant(new Shape(2, Classes), teacher))).Loss, new Seed(3));
        Assert.InRange(error, 0, 1e-6);
        // and T² is there: at high T the pull is that of centred logits, whatever T is
        var ratio = Size(Of(device, Soft(soft, 200), Numbers(1, 2 * Classes), teacher).Gradient)
            / Size(Of(device, Soft(soft, 100), Numbers(1, 2 * Classes), teacher).Gradient);
        if (soft != SoftLoss.TotalVariation) Assert.Equal(1, ratio, 0.05);
    }

    private static double Size(double[] values) => Math.Sqrt(values.Sum(value => value * value));

    /// <summary>4: each micro-batch divided by its own tokens. Five tokens in parts of 1 and 4: a part weighs what it holds.</summary>
    [Theory]
    [MemberData(nameof(OnBoth))]
    public void MicroBatchesAreTheBatch(SoftLoss soft, bool cpu)
    {
        using var device = Make(cpu);
        var (whole, gradient) = InParts(device, soft, (0, 5));
        var (parts, sum) = InParts(device, soft, (0, 2), (2, 5));
        Assert.Equal(whole, parts, 1e-6);
        for (var i = 0; i < gradient.Length; i++) Assert.Equal(gradient[i], sum[i], 1e-6);
    }

    /// <summary>Through the chunked head: the loss, and the gradient of the head's weight, summed over parts of the rows.</summary>
    private static (double Loss, double[] Gradient) InParts(Device device, SoftLoss soft, params (int From, int To)[] parts)
    {
        int[] labels = [-100, 3, 1, 0, 5];
        var (loss, gradient) = (0.0, new double[Classes * Width]);
        foreach (var (from, to) in parts)
        {
            using var step = new Step(device);
            step.Begin(training: true);
            var weight = step.Variable(new Shape(Classes, Width), Numbers(4, Classes * Width));
            Tensor Part(ulong seed, int width) =>
                step.Constant(new Shape(to - from, width), Numbers(seed, 5 * width).AsSpan(from * width, (to - from) * width));
            var share = labels[from..to].Count(label => label >= 0) / (double)labels.Count(label => label >= 0);
            var result = step.HeadLoss(Part(5, Width), weight, null,
                Soft(soft, 2) with { SoftWeight = 0.5 * share, HardWeight = 0.5 * share },
                step.Constant(new Shape(to - from), labels.AsSpan(from, to - from)), TeacherTarget.Logits(Part(6, Classes)), chunkRows: 2);
            loss += device.ToDoubles(result.Loss)[0];
            step.Backward(result.Loss);
            gradient = [.. gradient.Zip(device.ToDoubles(step.GradientOf(weight)), (a, b) => a + b)];
        }
        return (loss, gradient);
    }

    /// <summary>5: a fused kernel that took the student's share for the teacher's.</summary>
    [Theory]
    [InlineData(SoftLoss.JensenShannon)]
    [InlineData(SoftLoss.SkewForwardKl)]
    [InlineData(SoftLoss.SkewReverseKl)]
    [InlineData(SoftLoss.Jeffreys)]
    public void FusedAndPlainHaveOneDirection(SoftLoss soft)
    {
        using var device = new CpuDevice(1);
        using var step = new Step(device);
        double[] Losses(double teacherWeight, bool chunked)
        {
            step.Begin(training: true);
            Tensor hidden = step.Variable(new Shape(3, Width), Numbers(1, 3 * Width)),
                weight = step.Variable(new Shape(Classes, Width), Numbers(2, Classes * Width));
            var (terms, teacher) = (Soft(soft) with { TeacherWeight = teacherWeight },
                TeacherTarget.Logits(step.Constant(new Shape(3, Classes), Numbers(3, 3 * Classes))));
            var loss = chunked
                ? step.HeadLoss(hidden, weight, null, terms, null, teacher, chunkRows: 2).Loss
                : step.RowLoss(step.Linear(hidden, weight), terms, null, teacher).Loss;
            step.Backward(loss);
            return [.. device.ToDoubles(loss), .. device.ToDoubles(step.GradientOf(hidden))];
        }
        double[] plain = Losses(0.1, false), fused = Losses(0.1, true);
        for (var i = 0; i < plain.Length; i++) Assert.Equal(plain[i], fused[i], 1e-6);
        Assert.NotEqual(plain[0], Losses(0.9, true)[0], 1e-3);
    }

    /// <summary>9: 0 · (−∞) at ids that are masked on both sides.</summary>
    [Theory]
    [MemberData(nameof(OnBoth))]
    public void MaskedIdsAreFinite(SoftLoss soft, bool cpu)
    {
        using var device = Make(cpu);
        double[] student = Numbers(1, Classes), teacher = Numbers(2, Classes);
        student[2] = teacher[2] = student[5] = teacher[5] = double.NegativeInfinity;
        var (loss, _, gradient) = Of(device, Soft(soft, 2), student, teacher);
        Assert.True(double.IsFinite(loss));
        Assert.All(gradient, slope => Assert.True(double.IsFinite(slope)));
        Assert.Equal([0.0, 0], new[] { gradient[2], gradient[5] });
    }

    /// <summary>12: vocabularies of different size, cut or filled with zeros in silence.</summary>
    [Fact]
    public void AnotherVocabularyIsRefusedWithTheWayOut()
    {
        using var device = new CpuDevice(1);
        using var step = new Step(device);
        step.Begin(training: true);
        var error = Assert.Throws<RetortException>(() => step.RowLoss(step.Variable(new Shape(2, 5), new double[10]),
            Soft(SoftLoss.JensenShannon), null, TeacherTarget.Logits(step.Constant(new Shape(2, 8), new double[16]))));
        Assert.Equal("teacher [2, 8] for logits [2, 5].", error.What);
        Assert.Contains("sorted-probabilities", error.Remedy, StringComparison.Ordinal);
    }

    /// <summary>14: a divergence without the teacher's entropy is never 0, and nobody sees that student and teacher are one.</summary>
    [Theory]
    [MemberData(nameof(Distances))]
    public void ATeacherLearnsNothingFromItself(SoftLoss soft)
    {
        using var device = new ReferenceDevice();
        var numbers = Numbers(1, 2 * Classes);
        foreach (var kept in new int?[] { null, 0, 2, Classes })
        {
            var (loss, gradient) = kept is { } k ? Truncated(device, Soft(soft), numbers, numbers, k) : Dense();
            Assert.Equal(0, loss, 1e-12);
            if (soft == SoftLoss.TotalVariation && kept is not null) continue; // at its corner, where rounding decides the side
            Assert.All(gradient, slope => Assert.Equal(0, slope, 1e-12));
        }

        (double, double[]) Dense()
        {
            var (loss, _, gradient) = Of(device, Soft(soft, 3), numbers, numbers);
            return (loss, gradient);
        }
    }

    /// <summary>16: evaluation took another path than training, and crashed or gave another number.</summary>
    [Theory]
    [MemberData(nameof(OnBoth))]
    public void EvaluationGivesTheSameBits(SoftLoss soft, bool cpu)
    {
        using var device = Make(cpu);
        using var step = new Step(device);
        double[] Losses(bool training)
        {
            step.Begin(training);
            var shape = new Shape(3, Classes);
            return device.ToDoubles(step.RowLoss(step.Variable(shape, Numbers(1, 3 * Classes)), Soft(soft, 2) with { HardWeight = 0.5 },
                step.Constant(new Shape(3), [1, -100, 4]), TeacherTarget.Logits(step.Constant(shape, Numbers(2, 3 * Classes)))).SoftLosses);
        }
        Assert.Equal(Losses(training: true), Losses(training: false));
    }

    /// <summary>17: losses over kept classes that fall below 0, or exceed the whole divergence.</summary>
    [Theory]
    [MemberData(nameof(Coarsened))]
    public void WithTheRestAsAClassItGrowsWithTheKeptUpToTheWhole(SoftLoss soft)
    {
        using var device = new ReferenceDevice();
        double[] student = Numbers(1, 2 * Classes), teacher = Numbers(2, 2 * Classes);
        var last = -1e-12;
        for (var kept = 0; kept <= Classes; kept++)
        {
            var loss = Truncated(device, Soft(soft), student, teacher, kept).Loss;
            Assert.True(loss >= last - 1e-12, $"{kept} kept: {loss} after {last}");
            last = loss;
        }
        Assert.Equal(Of(device, Soft(soft), student, teacher).Loss, last, 1e-12);
        Assert.True(last > 1e-2);
    }

    /// <summary>18: g_head/(g_head + g_tail) is 0/0 where student and teacher are equal.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AnAdaptiveWeightOfNoDifferenceIsFinite(bool cpu)
    {
        using var device = Make(cpu);
        var (loss, _, gradient) = Of(device, Soft(SoftLoss.AdaptiveKl), new double[Classes], new double[Classes]);
        Assert.Equal(0, loss, 1e-6);
        Assert.All(gradient, slope => Assert.Equal(0, slope, 1e-6));
    }

    /// <summary>
    /// 19: the order of the vocabulary, and an offset of the logits, mean nothing; also where classes are equally likely.
    /// </summary>
    [Theory]
    [MemberData(nameof(All))]
    public void OrderAndOffsetMeanNothing(SoftLoss soft)
    {
        using var device = new ReferenceDevice();
        double[] student = Numbers(1, Classes), teacher = Numbers(2, Classes);
        teacher[0] = teacher[1] = teacher[3] = 2; // the head ends among them
        int[] order = [4, 2, 0, 5, 3, 1];
        var (loss, _, gradient) = Of(device, Soft(soft, 2), student, teacher);
        var (turned, _, slopes) = Of(device, Soft(soft, 2), [.. order.Select(i => student[i])], [.. order.Select(i => teacher[i])]);
        var (shifted, _, same) = Of(device, Soft(soft, 2), [.. student.Select(z => z + 7)], [.. teacher.Select(z => z - 3)]);
        Assert.Equal(loss, turned, 1e-12);
        Assert.Equal(loss, shifted, 1e-12);
        for (var i = 0; i < Classes; i++)
        {
            Assert.Equal(gradient[order[i]], slopes[i], 1e-12);
            Assert.Equal(gradient[i], same[i], 1e-12);
        }
    }

    /// <summary>The teacher's likeliest classes with their true probabilities, the rest as one class.</summary>
    private static (double Loss, double[] Gradient) Truncated(Device device, RowLossTerms terms, double[] student, double[] teacher,
        int kept)
    {
        using var step = new Step(device);
        step.Begin(training: true);
        var rows = student.Length / Classes;
        List<int> ids = [];
        List<double> logarithms = [], tails = [];
        foreach (var row in teacher.Chunk(Classes))
        {
            var normaliser = Math.Log(row.Sum(Math.Exp));
            int[] chosen = [.. Enumerable.Range(0, Classes).OrderByDescending(i => row[i]).Take(kept).Order()];
            ids.AddRange(chosen);
            logarithms.AddRange(chosen.Select(i => row[i] - normaliser));
            tails.Add(Enumerable.Range(0, Classes).Except(chosen).Sum(i => Math.Exp(row[i] - normaliser)));
        }
        var logits = step.Variable(new Shape(rows, Classes), student);
        var loss = step.RowLoss(step.Scale(logits, 1), terms, null, TeacherTarget.TopK(step.Constant(new Shape(rows, kept), [.. ids]),
            step.Constant(new Shape(rows, kept), [.. logarithms]), step.Constant(new Shape(rows), [.. tails]))).Loss;
        step.Backward(loss);
        return (device.ToDoubles(loss)[0], device.ToDoubles(step.GradientOf(logits)));
    }
}
