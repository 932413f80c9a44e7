using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Tensors.Operations;

/// <summary>
/// A recorded row loss writes its gradient over its logits; whoever wants them afterwards is told, whatever view he has of them.
/// </summary>
public sealed class RowLossOperationTests : IDisposable
{
    private const string Gone =
        "was consumed by a row loss or a gated activation: its memory holds a gradient now.\n  a tensor that is used, and needed backward, no more after it.\n  give that operation a copy: step.Scale(tensor, 1).";

    private readonly ReferenceDevice _device = new();
    private readonly Step _step;

    public RowLossOperationTests()
    {
        _step = new Step(_device);
        _step.Begin(training: true);
    }

    public void Dispose()
    {
        _step.Dispose();
        _device.Dispose();
    }

    private Tensor Variable(params double[] values) => _step.Variable(new Shape(2, values.Length / 2), values);

    private Tensor Loss(Tensor logits, TeacherTarget? teacher = null) => _step.RowLoss(logits,
        teacher is null
            ? RowLossTerms.HardOnly()
            : RowLossTerms.SoftOnly(SoftLoss.ForwardKl, 2), _step.Constant(new Shape(2), [0, 1]), teacher).Loss;

    public static TheoryData<string> Uses => ["read", "operation", "second loss", "detached", "reshaped", "part"];

    [Theory]
    [MemberData(nameof(Uses))]
    public void ConsumedLogitsCannotBeUsed(string use)
    {
        var logits = _step.Scale(Variable(1, 2, 3, 4), 2);
        var (detached, reshaped) = (_step.Detach(logits), _step.Reshape(logits, new Shape(4)));
        Loss(logits);
        var error = Assert.Throws<RetortException>(() => use switch
        {
            "read" => _device.ToDoubles(logits)[0],
            "operation" => _step.Exp(logits).Shape.Count,
            "second loss" => Loss(logits).Shape.Count,
            "detached" => _device.ToDoubles(detached)[0],
            "reshaped" => _step.Relu(reshaped).Shape.Count,
            _ => logits.Part(2, new Shape(2)).Shape.Count,
        });
        Assert.Equal($"Tensor  {(use == "reshaped" ? "[4]" : "[2, 2]")} {Gone}", error.Message);
    }

    [Fact]
    public void TheirOwnTeacherCannotBeTheLogitsThemselves()
    {
        var logits = _step.Scale(Variable(1, 2, 3, 4), 2);
        var error = Assert.Throws<RetortException>(() => Loss(logits, TeacherTarget.Logits(_step.Detach(logits))));
        Assert.Equal($"Tensor  [2, 2] {Gone}", error.Message);
    }

    /// <summary>exp saves its result, and multiply its operands: a gradient from what lies there now would be wrong in silence.</summary>
    [Fact]
    public void WalkingBackThroughASavedValueThatIsGoneIsAnError()
    {
        var loss = Loss(_step.Exp(Variable(1, 2, 3, 4)));
        Assert.Equal($"Tensor  [2, 2] {Gone}", Assert.Throws<RetortException>(() => _step.Backward(loss)).Message);

        _step.Begin(training: true);
        var logits = _step.Scale(Variable(1, 2, 3, 4), 2);
        var other = _step.SumAll(_step.Multiply(logits, logits));
        loss = _step.Add(Loss(logits), other);
        Assert.Equal($"Tensor  [2, 2] {Gone}", Assert.Throws<RetortException>(() => _step.Backward(loss)).Message);
    }

    [Fact]
    public void ACopyMayBeUsedAndTheGradientIsTheSum()
    {
        var input = Variable(1, 2, 3, 4);
        _step.Backward(_step.Add(Loss(_step.Scale(input, 1)), _step.SumAll(_step.Square(input))));
        var together = _device.ToDoubles(_step.GradientOf(input));
        _step.Begin(training: true);
        input = Variable(1, 2, 3, 4);
        _step.Backward(Loss(_step.Scale(input, 1)));
        var alone = _device.ToDoubles(_step.GradientOf(input));
        Assert.Equal([2.0, 4, 6, 8], together.Zip(alone, (both, one) => Math.Round(both - one, 12)));
    }

    /// <summary>A mode that has no such divergence is refused with those that have.</summary>
    [Theory]
    [InlineData(SoftLoss.ReverseKl, TailMode.Renormalise, "with the tail mode Renormalise, where it is no divergence.\n  TailBucket.")]
    [InlineData(SoftLoss.AdaptiveKl, TailMode.Ignore, "with the tail mode Ignore, where it is no divergence.\n  TailBucket.")]
    [InlineData(SoftLoss.JensenShannon, TailMode.Ignore,
        "with the tail mode Ignore, where it is no divergence.\n  TailBucket or Renormalise.")]
    [InlineData(SoftLoss.TotalVariation, TailMode.UniformTail,
        "with the tail mode UniformTail, where it is no divergence.\n  TailBucket or Renormalise.")]
    [InlineData(SoftLoss.LogitMeanSquaredError, TailMode.TailBucket,
        ".\n  a teacher's logits of every class.\n  store labels of kind soft, or choose a divergence, such as ForwardKl.")]
    public void TruncatedLabelsAreRefusedWhereTheyHaveNoDivergence(SoftLoss soft, TailMode tail, string message)
    {
        var teacher = TeacherTarget.TopK(_step.Constant(new Shape(2, 1), [0, 1]), _step.Constant(new Shape(2, 1), [-1.0, -1]),
            _step.Constant(new Shape(2), [0.6, 0.6]));
        var error = Assert.Throws<RetortException>(() => _step.RowLoss(_step.Scale(Variable(1, 2, 3, 4), 2),
            RowLossTerms.SoftOnly(soft, 1) with { Tail = tail }, null, teacher));
        Assert.Equal($"RowLoss  {soft} of truncated labels{(message[0] == '.' ? "" : " ")}{message}", error.Message);
    }

    /// <summary>One rule for both divergences and devices: no tail is dropped, and none is less than the least.</summary>
    [Theory]
    [InlineData(SoftLoss.ForwardKl, false)]
    [InlineData(SoftLoss.ForwardKl, true)]
    [InlineData(SoftLoss.ReverseKl, false)]
    [InlineData(SoftLoss.ReverseKl, true)]
    public void ATailIsNeverLessThanTheLeastAndNeverDropped(SoftLoss soft, bool cpu)
    {
        using Device device = cpu ? new CpuDevice(1) : new ReferenceDevice();
        using var step = new Step(device);
        double[] Told(double tail, double second)
        {
            step.Begin(training: true);
            var logits = step.Variable(new Shape(1, 3), [2.0, second, second]);
            var teacher = TeacherTarget.TopK(step.Constant(new Shape(1, 1), [0]), step.Constant(new Shape(1, 1), [Math.Log(0.9)]),
                step.Constant(new Shape(1), [tail]));
            var loss = step.RowLoss(step.Scale(logits, 1), RowLossTerms.SoftOnly(soft, 2), null, teacher).Loss;
            step.Backward(loss);
            return [.. device.ToDoubles(loss), .. device.ToDoubles(step.GradientOf(logits))];
        }
        var least = Told(RowLossTerms.LeastTail, 1);
        Assert.Equal(least, Told(0, 1));
        Assert.True(Math.Abs(least[0] - Told(1e-8, 1)[0]) > 1e-5);
        Assert.All(Told(0, -200), number => Assert.True(double.IsFinite(number))); // nothing of the student's is left either
        Assert.Equal(Told(0.1, -200)[0], Told(0.1, -300)[0]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void ATeacherBetweenIsNeitherEnd(double weight) => Assert.Contains("1 is ForwardKl", Assert.Throws<RetortException>(() =>
        _step.RowLoss(_step.Scale(Variable(1, 2, 3, 4), 2), RowLossTerms.SoftOnly(SoftLoss.Interpolated, 1) with { TeacherWeight = weight },
            null, TeacherTarget.Logits(_step.Constant(new Shape(2, 2), new double[4])))).Message, StringComparison.Ordinal);

    /// <summary>Where no class is in the head, the loss is reverse KL alone: the trap of other programs.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1.5)]
    public void AnEmptyHeadIsRefused(double mass) => Assert.Contains($"a head of {mass}", Assert.Throws<RetortException>(() =>
        _step.RowLoss(_step.Scale(Variable(1, 2, 3, 4), 2), RowLossTerms.SoftOnly(SoftLoss.AdaptiveKl, 1) with { HeadMass = mass },
            null, TeacherTarget.Logits(_step.Constant(new Shape(2, 2), new double[4])))).Message, StringComparison.Ordinal);

    [Fact]
    public void WeightsThatAreNoNumbersOfTheDeviceAreRefused() => Assert.Contains("weights [2] (Int32)",
        Assert.Throws<RetortException>(() => _step.RowLoss(_step.Scale(Variable(1, 2, 3, 4), 2), RowLossTerms.HardOnly(),
            _step.Constant(new Shape(2), [0, 1]), weights: new RowWeights(_step.Constant(new Shape(2), [1, 1]), null))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void WeightsOfOtherRowsAreRefused() => Assert.Contains("weights [3] (Float64) of rows for logits [2, 2]",
        Assert.Throws<RetortException>(() => _step.RowLoss(_step.Scale(Variable(1, 2, 3, 4), 2), RowLossTerms.HardOnly(),
            _step.Constant(new Shape(2), [0, 1]), weights: new RowWeights(_step.Constant(new Shape(3), new double[3]), null))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void TheNextStepUsesTheSameMemoryAgain()
    {
        Loss(_step.Scale(Variable(1, 2, 3, 4), 2));
        _step.Begin(training: true);
        Assert.Equal([2.0, 4, 6, 8], _device.ToDoubles(_step.Scale(Variable(1, 2, 3, 4), 2)));
    }

    [Fact]
    public void AParameterIsNotOverwritten()
    {
        using var parameters = _device.CreateArena("parameters");
        using var gradients = _device.CreateArena("gradients");
        var parameter = parameters.Allocate(new Shape(2, 2));
        gradients.Allocate(new Shape(2, 2));
        parameters.PairWith(gradients);
        _device.Write(parameter, [1.0, 2, 3, 4]);
        Assert.Equal("RowLoss  a parameter [2, 2] was given as logits, and would be overwritten.\n  logits made in this step.\n  give it a copy: step.Scale(parameter, 1).",
            Assert.Throws<RetortException>(() => Loss(parameter)).Message);
        Assert.Equal([1.0, 2, 3, 4], _device.ToDoubles(parameter));
    }
}
