using Retort.Nn;
using Retort.Nn.Models;
using Retort.Nn.Optimizers;
using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Devices.Reference;
using Xunit;

namespace Retort.Tests.Nn;

public sealed class WeightsTests
{
    [Fact]
    public void TensorsAreAlignedAndNamed()
    {
        using var model = new Mlp(new Shape(3), [5], 2);
        Assert.Equal(["hidden.0.weight", "hidden.0.bias", "output.weight", "output.bias"],
            model.Weights.Parameters.Select(parameter => parameter.Name));
        Assert.Equal([0L, 16, 32, 48], model.Weights.Parameters.Select(parameter => parameter.Offset));
        Assert.Equal(3 * 5 + 5 + 5 * 2 + 2, model.Weights.Count);
    }

    [Fact]
    public void GradientsLieAsTheirParameters()
    {
        using var device = new ReferenceDevice();
        using var model = new Mlp(new Shape(3), [], 2);
        model.Build(device, new Seed(1));
        using var step = new Step(device);
        step.Begin(training: true);
        var output = model.Forward(step, step.Constant(new Shape(1, 3), [1.0, 2, 3]));
        step.Backward(output, step.Constant(new Shape(1, 2), [1.0, 10]));
        var gradients = device.ToDoubles(model.Weights.Gradients);
        Assert.Equal([1.0, 2, 3, 10, 20, 30], gradients[..6]);
        Assert.Equal([1.0, 10], gradients[16..18]);
    }

    [Fact]
    public void AFrozenModelAnswersAsBefore()
    {
        using var device = new CpuDevice(1);
        Assert.Equal(Answers(device, null), Answers(device, DataType.Float32));
        Assert.Equal(Answers(device, null), Answers(device, DataType.BFloat16), (a, b) => Math.Abs(a - b) < 0.05 * (1 + Math.Abs(a)));
        Assert.Equal(Answers(device, null), Answers(device, DataType.Int8), (a, b) => Math.Abs(a - b) < 0.05 * (1 + Math.Abs(a)));
    }

    /// <summary>Queries, keys and values of a transformer are one matrix, and stay one.</summary>
    private static float[] Answers(CpuDevice device, DataType? storage)
    {
        using var model = new Bert(new BertShape(20, 16, 2, 2, 32, 8, 3));
        model.Build(device, new Seed(5));
        if (storage is { } given) model.Weights.Freeze(given);
        using var step = new Step(device);
        step.Begin(training: false);
        return device.ToFloats(model.States(step, step.Constant(new Shape(2, 4), [1, 2, 3, 4, 5, 6, 7, 19])));
    }

    [Fact]
    public void FrozenMatricesTakeFewerBytesAndHaveNoGradients()
    {
        using var device = new CpuDevice(1);
        long Bytes(DataType storage)
        {
            using var model = new Mlp(new Shape(400), [400], 10);
            model.Build(device, new Seed(1));
            model.Weights.Freeze(storage);
            Assert.Throws<RetortException>(() => model.Weights.Gradients.Storage);
            return model.Weights.Bytes;
        }
        Assert.InRange((double)Bytes(DataType.BFloat16) / Bytes(DataType.Float32), 0.49, 0.52);
        Assert.InRange((double)Bytes(DataType.Int8) / Bytes(DataType.Float32), 0.25, 0.28);
    }

    [Fact]
    public void AModelIsFrozenOnce()
    {
        using var device = new CpuDevice(1);
        using var model = new Mlp(new Shape(3), [], 2);
        Assert.Throws<RetortException>(() => model.Weights.Freeze(DataType.Int8));
        model.Build(device, new Seed(1));
        model.Weights.Freeze(DataType.Int8);
        Assert.Throws<RetortException>(() => model.Weights.Freeze(DataType.Int8));
    }

    [Fact]
    public void VarianceOfHeAndGlorot()
    {
        Assert.InRange(VarianceOf(Initializer.He, 200, 100), 0.95 * 2 / 100, 1.05 * 2 / 100);
        Assert.InRange(VarianceOf(Initializer.Glorot, 200, 100), 0.95 * 2 / 300, 1.05 * 2 / 300);
    }

    [Fact]
    public void FirstValuesDependOnSeedAndNameAlone()
    {
        using var device = new ReferenceDevice();
        double[] Output(int[] hidden, ulong seed)
        {
            using var model = new Mlp(new Shape(4), hidden, 2);
            model.Build(device, new Seed(seed));
            return device.ToDoubles(model.Weights.Parameters[0].Value);
        }
        Assert.Equal(Output([3], 1), Output([3, 7], 1));
        Assert.NotEqual(Output([3], 1), Output([3], 2));
    }

    [Fact]
    public void AverageMovesAndIsAdopted()
    {
        using var device = new ReferenceDevice();
        using var model = new Mlp(new Shape(3), [], 2);
        model.Build(device, default);
        device.Kernels.Fill(model.Weights.Flat.Storage, 1);
        using var average = new MovingAverage(model.Weights, 0.75);
        device.Kernels.Fill(model.Weights.Flat.Storage, 5);
        average.Update();
        Assert.Equal(2, device.ToDoubles(average.Average)[0], 1e-12);
        average.Adopt();
        Assert.Equal(2, device.ToDoubles(model.Layers[0].Weight.Value)[0], 1e-12);
    }

    [Theory]
    [InlineData(10, 5, 0.5)]
    [InlineData(4, 5, 1)]
    [InlineData(10, 0, 1)]
    public void ClipScale(double norm, double limit, double expected) => Assert.Equal(expected, Optimizer.ClipScale(norm, limit), 1e-15);

    [Fact]
    public void RowNormsStayBelowTheLimit()
    {
        using var device = new ReferenceDevice();
        using var arena = device.CreateArena("rows");
        var rows = arena.Allocate(new Shape(2, 2));
        device.Write(rows, [3.0, 4, 0.3, 0.4]);
        device.Kernels.LimitRowNorms(rows.Storage, 2, 2, 4);
        Assert.Equal([1.2, 1.6, 0.3, 0.4], device.ToDoubles(rows).Select(value => Math.Round(value, 9)));
    }

    private static double VarianceOf(Initializer initializer, int outputs, int inputs)
    {
        var values = new float[outputs * inputs];
        initializer.Fill(values, new Shape(outputs, inputs), new Seed(3));
        var mean = values.Average(value => (double)value);
        return values.Average(value => (value - mean) * (value - mean));
    }
}
