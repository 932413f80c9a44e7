using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Tensors.Operations;

/// <summary>A head's loss by chunks is a linear layer and a row loss, whose gradients the operation cases check.</summary>
[Trait("Category", "Width")]
public sealed class HeadLossTests
{
    private const int Rows = 10, Width = 5, Classes = 37, TeacherWidth = 7, Kept = 4, Ignored = 3;

    public enum Target { Hard, Logits, Probabilities, TopK, Head }

    public static TheoryData<bool, Target, int, bool> Cases
    {
        get
        {
            var data = new TheoryData<bool, Target, int, bool>();
            foreach (var cpu in new[] { false, true })
                foreach (var target in Enum.GetValues<Target>())
                    foreach (var (chunk, biased) in new[] { (3, true), (10, false), (0, true), (1, false) })
                        data.Add(cpu, target, chunk, biased);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ChunksGiveTheLossesAndGradientsOfTheWhole(bool cpu, Target target, int chunk, bool biased)
    {
        using Device device = cpu ? new CpuDevice(2) : new ReferenceDevice();
        AssertAlike(Run(device, target, null, biased), Run(device, target, chunk, biased), cpu);
    }

    private static void AssertAlike(double[][] whole, double[][] parts, bool cpu)
    {
        for (var part = 0; part < whole.Length; part++)
        {
            Assert.Equal(whole[part].Length, parts[part].Length);
            var scale = whole[part].Select(Math.Abs).Append(1e-3).Max();
            for (var i = 0; i < whole[part].Length; i++) Assert.True(Math.Abs(whole[part][i] - parts[part][i]) <= (cpu
                ? 2e-6
                : 1e-12) * scale, $"part {part}[{i}]: {parts[part][i]} instead of {whole[part][i]}");
        }
    }

    public static TheoryData<bool, Target, SoftLoss> Divergences
    {
        get
        {
            var data = new TheoryData<bool, Target, SoftLoss>();
            foreach (var cpu in new[] { false, true })
                foreach (var target in Enum.GetValues<Target>().Except([Target.Hard]))
                    foreach (var soft in Enum.GetValues<SoftLoss>().Except([SoftLoss.None]))
                        if (target != Target.TopK || RowLossTerms.TailsOf(soft).Count > 0) data.Add(cpu, target, soft);
            return data;
        }
    }

    /// <summary>
    /// Stored labels, live logits, and a live teacher's hidden states with its head. In halves: of four rows and fewer the logits are
    /// summed in another order, and a divergence of two near distributions would show that rounding T² times.
    /// </summary>
    [Theory]
    [MemberData(nameof(Divergences))]
    public void EveryDivergenceGoesThroughTheHead(bool cpu, Target target, SoftLoss soft)
    {
        using Device device = cpu ? new CpuDevice(2) : new ReferenceDevice();
        AssertAlike(Run(device, target, null, biased: true, soft), Run(device, target, Rows / 2, biased: true, soft), cpu);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RowsKeepTheirOwnWeights(bool cpu)
    {
        using Device device = cpu ? new CpuDevice(2) : new ReferenceDevice();
        double[][] With(int? chunk) => Run(device, Target.Logits, chunk, biased: true, SoftLoss.ReverseKl, weighted: true);
        AssertAlike(With(null), With(3), cpu);
        Assert.NotEqual(With(3)[0][0], Run(device, Target.Logits, 3, biased: true, SoftLoss.ReverseKl)[0][0], 1e-3);
    }

    /// <summary>Loss, losses of rows, and the gradients of hidden, weight and bias, which other operations use as well.</summary>
    private static double[][] Run(Device device, Target kind, int? chunk, bool biased, SoftLoss soft = SoftLoss.ForwardKl,
        bool weighted = false)
    {
        using var step = new Step(device);
        step.Begin(training: true);
        var (hidden, weight, bias) = (Variable(step, 1, Rows, Width), Variable(step, 2, Classes, Width), Variable(step, 3, Classes));
        var labels =
            step.Constant(new Shape(Rows), [.. Enumerable.Range(0, Rows).Select(row => row == Ignored ? -100 : row * 7 % Classes)]);
        var terms = RowLossTerms.HardOnly(0.1) with { Soft = kind == Target.Hard
            ? SoftLoss.None
            : soft, SoftWeight = 0.6, Temperature = kind == Target.TopK
            ? 1
            : 3 };
        var head = new TeacherHead(Constant(step, 4, Rows, TeacherWidth), Constant(step, 5, Classes + 3, TeacherWidth),
            Constant(step, 6, Classes + 3));
        var teacher = Teacher(step, kind, head);
        var weights = weighted ? new RowWeights(Constant(step, 8, Rows), Constant(step, 9, Rows)) : default;
        RowLossResult result;
        if (chunk is { } rows) result = step.HeadLoss(hidden, weight, biased
            ? bias
            : null, terms, labels, kind == Target.Head
            ? null
            : teacher, kind == Target.Head
            ? head
            : null, rows, weights);
        else result = step.RowLoss(step.Linear(hidden, weight, biased ? bias : null), terms, labels, teacher, weights);
        var loss = step.Add(result.Loss,
            step.Add(step.SumAll(step.Square(hidden)), step.Add(step.SumAll(step.Square(weight)), step.SumAll(step.Square(bias)))));
        step.Backward(loss);
        return [device.ToDoubles(loss), device.ToDoubles(result.HardLosses), device.ToDoubles(result.SoftLosses), [result.Counted],
            .. new[] { hidden, weight, bias }.Select(variable => device.ToDoubles(step.GradientOf(variable)))];
    }

    private static TeacherTarget? Teacher(Step step, Target kind, TeacherHead head) => kind switch
    {
        Target.Hard => null,
        Target.Logits => TeacherTarget.Logits(Constant(step, 7, Rows, Classes)),
        Target.Probabilities => TeacherTarget.Probabilities(step.Softmax(Constant(step, 7, Rows, Classes))),
        Target.TopK => TeacherTarget.TopK(
            step.Constant(new Shape(Rows, Kept), [.. Enumerable.Range(0, Rows * Kept).Select(i => i % Kept * 5 + i / Kept)]),
            step.Constant(new Shape(Rows, Kept), [.. Enumerable.Range(0, Rows * Kept).Select(i => -1.5 - i % Kept)]),
            step.Constant(new Shape(Rows), [.. Enumerable.Repeat(1 - Enumerable.Range(0, Kept).Sum(i => Math.Exp(-1.5 - i)), Rows)])),
        _ => TeacherTarget.Logits(step.Slice(step.Linear(head.Hidden, head.Weight, head.Bias), 1, 0, Classes)),
    };

    private static double[] Numbers(ulong seed, Shape shape) =>
        [.. Enumerable.Range(0, (int)shape.Count).Select(i => new Seed(seed).Normal((ulong)i))];
    private static Tensor Variable(Step step, ulong seed, params long[] shape) =>
        step.Variable(new Shape(shape), Numbers(seed, new Shape(shape)));
    private static Tensor Constant(Step step, ulong seed, params long[] shape) =>
        step.Constant(new Shape(shape), Numbers(seed, new Shape(shape)));

    [Fact]
    public void ATiedWeightTakesTheGradientsOfBothEnds()
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        double[] Gradient(bool chunked)
        {
            step.Begin(training: true);
            var table = Variable(step, 1, Classes, Width);
            var hidden = step.Embedding(table, step.Constant(new Shape(3), [1, 5, 1]));
            var labels = step.Constant(new Shape(3), [5, 1, 2]);
            step.Backward((chunked
                ? step.HeadLoss(hidden, table, null, RowLossTerms.HardOnly(), labels, chunkRows: 2)
                : step.RowLoss(step.Linear(hidden, table), RowLossTerms.HardOnly(), labels)).Loss);
            return device.ToDoubles(step.GradientOf(table));
        }
        var (whole, parts) = (Gradient(false), Gradient(true));
        for (var i = 0; i < whole.Length; i++) Assert.Equal(whole[i], parts[i], 1e-12);
    }

    [Fact]
    public void TheBitsAreThoseOfAnyThreadCount()
    {
        double[][] Bits(int threads)
        {
            using var device = new CpuDevice(threads);
            return Run(device, Target.Head, 4, true);
        }
        Assert.Equal(Bits(1), Bits(3));
    }

    [Fact]
    public void MemoryBesideTheInputsIsThatOfOneChunk() =>
        // Hidden states, their gradients, labels and losses of each row grow; nothing of classes' size does.
        Grows(RowLossTerms.HardOnly(), teacher: false, 2 * 8 + 3);

    /// <summary>With a live teacher its hidden states come to that, not its logits.</summary>
    [Theory]
    [InlineData(SoftLoss.ForwardKl)]
    [InlineData(SoftLoss.JensenShannon)]
    [InlineData(SoftLoss.AdaptiveKl)]
    public void NorDoLogitsOfALiveTeacherExist(SoftLoss soft) =>
        Grows(RowLossTerms.SoftOnly(soft, 1) with { HardWeight = 0.5, SoftWeight = 0.5 }, teacher: true, 3 * 8 + 3);

    private static void Grows(RowLossTerms terms, bool teacher, int floatsOfARow)
    {
        const int classes = 4096, width = 8, chunk = 64;
        using var device = new CpuDevice(2);
        long Bytes(int rows)
        {
            using var step = new Step(device);
            step.Begin(training: true);
            var hidden = step.Variable(new Shape(rows, width), new double[rows * width]);
            TeacherHead? head = teacher ? new TeacherHead(Constant(step, 1, rows, width), Constant(step, 2, classes, width)) : null;
            step.Backward(step.HeadLoss(hidden, step.Variable(new Shape(classes, width), new double[classes * width]), null,
                terms, step.Constant(new Shape(rows), new int[rows]), null, head, chunk).Loss);
            return step.HighWaterBytes;
        }
        Assert.InRange(Bytes(2048) - Bytes(256), 1, 1.1 * (2048 - 256) * floatsOfARow * sizeof(float) + 4096);
    }

    [Fact]
    public void AFactorBehindTheLossAndALossThatIsLeftOutAreRefused()
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: true);
        RowLossResult Loss() => step.HeadLoss(Variable(step, 1, 3, Width), Variable(step, 2, Classes, Width), null, RowLossTerms.HardOnly(),
            step.Constant(new Shape(3), [1, 2, 3]));
        Assert.Contains("multiplied by 0.5", Assert.Throws<RetortException>(() => step.Backward(step.Scale(Loss().Loss, 0.5))).Message,
            StringComparison.Ordinal);
        step.Begin(training: true);
        Loss();
        Assert.Contains("no part of the loss",
            Assert.Throws<RetortException>(() => step.Backward(step.SumAll(Variable(step, 3, 4)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WrongShapesAndLabelsAreToldWithTheirNumbers()
    {
        using var device = new CpuDevice(1);
        using var step = new Step(device);
        step.Begin(training: true);
        Tensor hidden = Variable(step, 1, 3, Width), weight = Variable(step, 2, Classes, Width),
            labels = step.Constant(new Shape(3), [1, 2, Classes]);
        Assert.Contains("label 37 in row 2", Assert.Throws<RetortException>(() =>
            step.HeadLoss(hidden, weight, null, RowLossTerms.HardOnly(), labels, chunkRows: 1)).Message, StringComparison.Ordinal);
        Assert.Contains("[3, 5]", Assert.Throws<RetortException>(() =>
            step.HeadLoss(hidden, Variable(step, 2, Classes, 4), null, RowLossTerms.HardOnly(), labels)).Message, StringComparison.Ordinal);
        var head = new TeacherHead(Constant(step, 4, 3, TeacherWidth), Constant(step, 5, Classes - 1, TeacherWidth));
        Assert.Contains("[36, 7]", Assert.Throws<RetortException>(() => step.HeadLoss(hidden, weight, null,
            RowLossTerms.SoftOnly(SoftLoss.ForwardKl, 1), null, null, head)).Message, StringComparison.Ordinal);
    }
}
