using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Tensors.Operations;

/// <summary>A diverged model must not train on in silence, and wrong shapes and labels are told with both numbers.</summary>
[Trait("Category", "Width")]
public sealed class HostileInputTests
{
    public static TheoryData<bool, SoftLoss, int, int> Places
    {
        get
        {
            var data = new TheoryData<bool, SoftLoss, int, int>();
            foreach (var cpu in new[] { false, true })
                foreach (var soft in Enum.GetValues<SoftLoss>())
                    foreach (var (classes, place) in new[] { (1, 0), (7, 3), (33, 5), (33, 32), (33, 31), (70, 64) })
                        data.Add(cpu, soft, classes, place);
            return data;
        }
    }

    private static Device Make(bool cpu) => cpu ? new CpuDevice(2) : new ReferenceDevice();

    private static double Loss(Device device, double[] logits, int classes, SoftLoss soft, double[] teacher, int[] labels)
    {
        using var step = new Step(device);
        step.Begin(training: true);
        var z = step.Variable(new Shape(labels.Length, classes), logits);
        var terms = RowLossTerms.HardOnly() with { Soft = soft, SoftWeight = 0.5, Temperature = 2 };
        TeacherTarget? target = soft == SoftLoss.None
            ? null
            : TeacherTarget.Logits(step.Constant(new Shape(labels.Length, classes), teacher));
        return device.ToDoubles(step.RowLoss(z, terms, step.Constant(new Shape(labels.Length), labels), target).Loss)[0];
    }

    private static double[] Row(int count, Func<int, double> value) => [.. Enumerable.Range(0, count).Select(value)];

    [Theory]
    [MemberData(nameof(Places))]
    public void OneNaNAnywhereGivesANaNLoss(bool cpu, SoftLoss soft, int classes, int place)
    {
        using var device = Make(cpu);
        var logits = Row(2 * classes, i => i == place ? double.NaN : 0.1 * (i % 5));
        Assert.True(double.IsNaN(Loss(device, logits, classes, soft, Row(2 * classes, i => 0.2 * (i % 3)), [0, classes - 1])));
        if (soft == SoftLoss.None) return;
        var teacher = Row(2 * classes, i => i == classes + place ? double.NaN : 0.1 * (i % 5));
        Assert.True(double.IsNaN(Loss(device, Row(2 * classes, i => 0.2 * (i % 3)), classes, soft, teacher, [0, classes - 1])),
            "NaN in the teacher");
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void LogitsOfTenThousandAreFinite(bool cpu, SoftLoss soft, int classes, int place)
    {
        using var device = Make(cpu);
        var logits = Row(2 * classes, i => i % classes == place ? 1e4 : -1e4);
        var teacher = Row(2 * classes, i => i % classes == place ? -1e4 : 1e4);
        Assert.True(double.IsFinite(Loss(device, logits, classes, soft, teacher, [0, place])));
    }

    /// <summary>A divergence that counts nothing may be infinite: at an end of the weight the other one is all.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AnInfiniteDivergenceThatCountsNothingIsNothing(bool cpu)
    {
        using var device = Make(cpu);
        double[] whole = [0.5, 1, -0.5], masked = [1, 0.25, double.NegativeInfinity];
        (double Loss, double[] Gradient) Of(SoftLoss soft, double weight, double[] student, double[] teacher)
        {
            using var step = new Step(device);
            step.Begin(training: true);
            var z = step.Variable(new Shape(1, 3), student);
            var terms = RowLossTerms.SoftOnly(soft, 2) with { TeacherWeight = weight };
            var loss = step.RowLoss(step.Scale(z, 1), terms, null, TeacherTarget.Logits(step.Constant(new Shape(1, 3), teacher))).Loss;
            step.Backward(loss);
            return (device.ToDoubles(loss)[0], device.ToDoubles(step.GradientOf(z)));
        }
        foreach (var (weight, alone, student, teacher) in
            new[] { (1, SoftLoss.ForwardKl, whole, masked), (0, SoftLoss.ReverseKl, masked, whole) })
        {
            var (both, expected) = (Of(SoftLoss.Jeffreys, weight, student, teacher), Of(alone, 0.5, student, teacher));
            Assert.Equal(expected.Loss, both.Loss, 1e-6);
            for (var i = 0; i < 3; i++) Assert.Equal(expected.Gradient[i], both.Gradient[i], 1e-6);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OneNaNGivesANaNLossOfTruncatedLabels(bool cpu)
    {
        using var device = Make(cpu);
        using var step = new Step(device);
        foreach (var mode in Enum.GetValues<TailMode>())
            foreach (var kept in new[] { 0, 2 })
            {
                step.Begin(training: true);
                var z = step.Variable(new Shape(1, 33), Row(33, i => i == 30 ? double.NaN : i % 4));
                var target = TeacherTarget.TopK(step.Constant(new Shape(1, kept), new int[] { 1, 5 }.AsSpan(0, kept)),
                    step.Constant(new Shape(1, kept), new[] { -1.0, -2 }.AsSpan(0, kept)), step.Constant(new Shape(1), [0.5]));
                foreach (var soft in Enum.GetValues<SoftLoss>().Where(soft => RowLossTerms.TailsOf(soft).Contains(mode)))
                {
                    var terms = RowLossTerms.SoftOnly(soft, 1, TeacherForm.TopK) with { Tail = mode };
                    Assert.True(double.IsNaN(device.ToDoubles(step.RowLoss(step.Scale(z, 1), terms, null, target).Loss)[0]),
                        $"{soft}, {mode}, {kept} kept");
                }
            }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ALabelOutOfRangeIsToldWithBothNumbers(bool cpu)
    {
        using var device = Make(cpu);
        var error = Assert.Throws<RetortException>(() => Loss(device, new double[14], 7, SoftLoss.None, [], [3, 7]));
        Assert.Contains("7", error.What, StringComparison.Ordinal);
        Assert.Contains("label 7", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WhenEveryRowIsIgnoredTheLossIsZero(bool cpu)
    {
        using var device = Make(cpu);
        Assert.Equal(0, Loss(device, Row(14, _ => double.NaN), 7, SoftLoss.ForwardKl, new double[14], [-100, -100]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ALossThatIsNotRecordedLeavesItsLogits(bool cpu)
    {
        using var device = Make(cpu);
        using var step = new Step(device);
        step.Begin(training: false);
        double[] values = [1, 2, 3];
        var logits = step.Constant(new Shape(1, 3), values);
        step.RowLoss(logits, RowLossTerms.HardOnly(), step.Constant(new Shape(1), [1]));
        Assert.Equal(values, device.ToDoubles(logits));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NaNPassesThroughReluAndPooling(bool cpu)
    {
        using var device = Make(cpu);
        using var step = new Step(device);
        step.Begin(training: true);
        foreach (var place in new[] { 0, 17, 35 })
        {
            var x = step.Constant(new Shape(1, 1, 6, 6), Row(36, i => i == place ? double.NaN : i));
            Assert.Contains(double.NaN, device.ToDoubles(step.Relu(x)));
            Assert.Contains(double.NaN, device.ToDoubles(step.MaxPool2d(x, 2, 2)));
            Assert.Contains(double.NaN, device.ToDoubles(step.AveragePool2d(x, 2, 2)));
            Assert.Contains(double.NaN, device.ToDoubles(step.Softmax(step.Reshape(x, new Shape(36)))));
        }
    }

    [Fact]
    public void ShapesThatDoNotFitAreToldWithBothShapes()
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: false);
        var (a, b) = (step.Constant(new Shape(2, 3), new double[6]), step.Constant(new Shape(4, 5), new double[20]));
        foreach (var wrong in new Action[] { () =>
            step.MatMul(a, b), () => step.Add(a, b), () => step.Concat(0, a, b), () => step.Linear(a, b) })
        {
            var error = Assert.Throws<RetortException>(wrong);
            Assert.Contains("[2, 3]", error.Message, StringComparison.Ordinal);
            Assert.Contains("[4, 5]", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ATensorOfAnEndedStepIsRefused()
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: false);
        var x = step.Constant(new Shape(2), new double[2]);
        step.Begin(training: false);
        Assert.Throws<RetortException>(() => step.Relu(x));
        Assert.Throws<RetortException>(() => step.Relu(step.Reshape(x, new Shape(2, 1))));
    }
}
