using Retort.Nn;
using Retort.Nn.Models;
using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Tensors.Operations;

public sealed class CheckpointOperationTests
{
    private const int Blocks = 6, Rows = 24, Width = 32;

    /// <summary>Blocks with dropout, a reused input and a residual, behind a value that something else reads too.</summary>
    private static (double[][] Numbers, long Bytes) Run(Device device, bool again)
    {
        using var weights = new Weights();
        Parameter[] up = [.. Enumerable.Range(0, Blocks).Select(i =>
            weights.Add($"up.{i}", new Shape(4 * Width, Width), Initializer.Normal(0.1)))];
        Parameter[] down = [.. Enumerable.Range(0, Blocks).Select(i =>
            weights.Add($"down.{i}", new Shape(Width, 4 * Width), Initializer.Normal(0.1)))];
        weights.Build(device, new Seed(7));
        using var step = new Step(device);
        step.Begin(training: true, new Seed(11));
        var input = step.Variable(new Shape(Rows, Width), [.. Enumerable.Range(0, Rows * Width).Select(i => Math.Sin(i))]);
        var x = step.Scale(input, 1.5);
        for (var i = 0; i < Blocks; i++)
        {
            var number = i;
            Tensor Block(Tensor value) => step.Linear(
                step.Dropout(step.Linear(value, up[number].Value, null, Activation.Gelu), 0.3), down[number].Value, residual: value);
            x = again ? step.Checkpointed(x, Block) : Block(x);
        }
        var loss = step.Add(step.SumAll(step.Square(x)), step.SumAll(step.Square(input)));
        step.Backward(loss);
        return ([device.ToDoubles(loss), device.ToDoubles(step.GradientOf(input)), device.ToDoubles(weights.Gradients),
            [step.NextSeed().UniformDouble(0)]], step.HighWaterBytes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LossGradientsAndTheDrawsToComeAreTheSameBits(bool cpu)
    {
        using Device device = cpu ? new CpuDevice(2) : new ReferenceDevice();
        var (whole, again) = (Run(device, false), Run(device, true));
        Assert.Equal(whole.Numbers, again.Numbers);
        Assert.Contains(again.Numbers[2], number => number != 0);
        Assert.InRange(again.Bytes, 1, whole.Bytes / 2);
    }

    /// <summary>Also where a block lies in a block.</summary>
    [Fact]
    public void ABlockThatIsComputedAgainAllocatesNothing()
    {
        using var device = new CpuDevice(1);
        using var step = new Step(device);
        Tensor Inner(Tensor value) => step.Square(step.Scale(value, 2));
        Func<Tensor, Tensor> inner = Inner;
        Tensor Outer(Tensor value) => step.Scale(step.Checkpointed(step.Exp(value), inner), 3);
        Func<Tensor, Tensor> outer = Outer;
        double[] numbers = [1, 2, 3];
        Assert.Equal((0, 0), SteadyStateTests.Allocated(device, () =>
        {
            step.Begin(training: true, new Seed(1));
            step.Backward(step.SumAll(step.Checkpointed(step.Variable(new Shape(3), numbers), outer)));
        }));
    }

    [Fact]
    public void ALanguageModelLearnsTheSameWithLessMemory()
    {
        using var device = new CpuDevice(2);
        (double[] Gradients, long Bytes) Learn(bool again)
        {
            using var model = new Gpt(new GptShape(40, 32, 6, 4, 2, 8, 64, 32)) { RecomputesBlocks = again };
            model.Build(device, new Seed(3));
            using var step = new Step(device);
            step.Begin(training: true);
            int[] tokens = [.. Enumerable.Range(0, 64).Select(i => i * 7 % 40)];
            var states = model.States(step, step.Constant(new Shape(2, 32), tokens));
            step.Backward(step.HeadLoss(Gpt.Rows(step, states), model.Head, null, RowLossTerms.HardOnly(),
                step.Constant(new Shape(64), [.. tokens.Select(token => (token + 7) % 40)])).Loss);
            return (device.ToDoubles(model.Weights.Gradients), step.HighWaterBytes);
        }
        var (whole, again) = (Learn(false), Learn(true));
        Assert.Equal(whole.Gradients, again.Gradients);
        Assert.InRange(again.Bytes, 1, whole.Bytes / 2);
    }

    [Fact]
    public void AGradientPastTheInputIsRefused()
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: true);
        var (x, other) = (step.Variable(new Shape(2), [1.0, 2]), step.Variable(new Shape(2), [3.0, 4]));
        var loss = step.SumAll(step.Checkpointed(x, value => step.Multiply(value, other)));
        Assert.Contains("past its input", Assert.Throws<RetortException>(() => step.Backward(loss)).Message, StringComparison.Ordinal);
    }

    /// <summary>Nothing lies between, and the gradient goes on all the same.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ABlockThatGivesItsInputBackPassesTheGradient(bool reads)
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: true);
        var x = step.Variable(new Shape(2), [1.0, 2]);
        var loss = step.SumAll(step.Square(step.Checkpointed(x, value => value)));
        step.Backward(reads ? step.Add(loss, step.SumAll(x)) : loss);
        Assert.Equal(reads ? [3.0, 5] : [2.0, 4], device.ToDoubles(step.GradientOf(x)));
    }

    [Fact]
    public void AnotherValueGivenBackIsRefused()
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: true);
        var (x, other) = (step.Variable(new Shape(2), [1.0, 2]), step.Variable(new Shape(2), [3.0, 4]));
        var loss = step.SumAll(step.Checkpointed(x, _ => other));
        Assert.Contains("past its input", Assert.Throws<RetortException>(() => step.Backward(loss)).Message, StringComparison.Ordinal);
    }

    /// <summary>In a part of a training step that behaves as in evaluation, nothing drops on the way back either.</summary>
    [Fact]
    public void WhatWasEvaluatedIsEvaluatedAgain()
    {
        using var device = new ReferenceDevice();
        double[] Gradient(bool again)
        {
            using var step = new Step(device);
            step.Begin(training: true, new Seed(5));
            var x = step.Variable(new Shape(8), [1.0, 2, 3, 4, 5, 6, 7, 8]);
            Tensor Block(Tensor value) => step.Square(step.Dropout(value, 0.5));
            step.Backward(step.SumAll(step.Evaluated(() => again ? step.Checkpointed(x, Block) : Block(x))));
            return device.ToDoubles(step.GradientOf(x));
        }
        Assert.Equal(Gradient(false), Gradient(true));
    }

    [Fact]
    public void ABlockThatChangesTheShapeIsRefused()
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: true);
        var x = step.Variable(new Shape(2), [1.0, 2]);
        Assert.Contains("[2]", Assert.Throws<RetortException>(() => step.Checkpointed(x, step.SumAll)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OfAFrozenModelOnlyItsValueStays()
    {
        using var device = new CpuDevice(1);
        using var model = new Mlp(new Shape(8), [256, 256, 256], 3);
        model.Build(device, new Seed(1));
        (double[] Values, long Bytes) Answer(bool free)
        {
            using var step = new Step(device);
            step.Begin(training: true);
            Tensor Work() => model.Forward(step, step.Constant(new Shape(100, 8), [.. Enumerable.Range(0, 800).Select(i => Math.Cos(i))]));
            var values = free ? step.FrozenValue(new Shape(100, 3), Work) : step.Frozen(Work);
            var after = step.Constant(new Shape(100, 200), new double[20_000]);
            Assert.Equal(0, device.ToDoubles(after).Sum());
            return (device.ToDoubles(values), step.HighWaterBytes);
        }
        var (whole, kept) = (Answer(false), Answer(true));
        Assert.Equal(whole.Values, kept.Values);
        Assert.True(kept.Bytes < whole.Bytes - 60_000, $"{kept.Bytes} of {whole.Bytes} bytes");
    }
}
