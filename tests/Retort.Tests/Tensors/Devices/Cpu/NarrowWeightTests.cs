using Retort.Tensors;
using Retort.Tensors.Devices;
using Retort.Tensors.Devices.Cpu;
using Retort.Tensors.Devices.Reference;
using Retort.Tensors.Operations;
using Xunit;

namespace Retort.Tests.Tensors.Devices.Cpu;

/// <summary>Kernels that read frozen weights, against the same kernels on what those weights stand for.</summary>
[Trait("Category", "Width")]
public sealed class NarrowWeightTests
{
    public static TheoryData<DataType, int, int, int, int> Products
    {
        get
        {
            var data = new TheoryData<DataType, int, int, int, int>();
            foreach (var type in new[] { DataType.BFloat16, DataType.Int8, DataType.Int4 })
                foreach (var threads in new[] { 1, 2 })
                {
                    data.Add(type, 1, 1100, 133, threads);
                    data.Add(type, 4, 37, 5, threads);
                    data.Add(type, 9, 23, 70, threads);
                    data.Add(type, 120, 800, 333, threads);
                    data.Add(type, 400, 130, 270, threads);
                }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Products))]
    public void ALayer(DataType type, int rows, int inputs, int outputs, int threads)
    {
        using var device = new CpuDevice(threads);
        using var step = new Step(device);
        step.Begin(training: false);
        var narrow = Narrow(step, new Shape(outputs, inputs), type);
        var x = step.Constant(new Shape(rows, inputs), Samples.Values(rows * inputs, 1));
        var bias = step.Constant(new Shape(outputs), Samples.Values(outputs, 3));
        var wide = step.Constant(narrow.Shape, device.ToFloats(narrow));
        Close(device.ToFloats(step.Linear(x, wide, bias, Activation.Relu)), device.ToFloats(step.Linear(x, narrow, bias, Activation.Relu)));
    }

    [Theory]
    [InlineData(DataType.BFloat16)]
    [InlineData(DataType.Int8)]
    [InlineData(DataType.Int4)]
    public void AnEmbedding(DataType type)
    {
        using var device = new CpuDevice(2);
        using var step = new Step(device);
        step.Begin(training: false);
        var narrow = Narrow(step, new Shape(50, 133), type);
        var values = device.ToFloats(narrow);
        var rows = device.ToFloats(step.Embedding(narrow, step.Constant(new Shape(3), [49, 0, 7])));
        Assert.Equal([.. values[(49 * 133)..], .. values[..133], .. values[(7 * 133)..(8 * 133)]], rows);
    }

    [Theory]
    [InlineData(DataType.BFloat16)]
    [InlineData(DataType.Int8)]
    [InlineData(DataType.Int4)]
    public void AConvolution(DataType type)
    {
        using var device = new CpuDevice(2);
        using var step = new Step(device);
        step.Begin(training: false);
        var narrow = Narrow(step, new Shape(6, 5, 3, 3), type);
        var wide = step.Constant(narrow.Shape, device.ToFloats(narrow));
        var x = step.Constant(new Shape(2, 5, 9, 9), Samples.Values(2 * 5 * 81, 1));
        Assert.Equal(device.ToFloats(step.Conv2d(x, wide, null, 1, 1)), device.ToFloats(step.Conv2d(x, narrow, null, 1, 1)));
    }

    [Theory]
    [InlineData(DataType.BFloat16)]
    [InlineData(DataType.Int8)]
    [InlineData(DataType.Int4)]
    public void TheReferenceReadsThemToo(DataType type)
    {
        using var device = new ReferenceDevice();
        using var step = new Step(device);
        step.Begin(training: false);
        var narrow = Narrow(step, new Shape(4, 3), type);
        var wide = step.Constant(narrow.Shape, device.ToDoubles(narrow));
        var x = step.Constant(new Shape(2, 3), [1.0, 2, 3, 4, 5, 6]);
        Assert.Equal(device.ToDoubles(step.Linear(x, wide)), device.ToDoubles(step.Linear(x, narrow)));
        var ids = step.Constant(new Shape(1), [3]);
        Assert.Equal(device.ToDoubles(step.Embedding(wide, ids)), device.ToDoubles(step.Embedding(narrow, ids)));
    }

    [Fact]
    public void OtherKernelsRefuseThem()
    {
        using var device = new CpuDevice(1);
        using var step = new Step(device);
        step.Begin(training: false);
        var narrow = Narrow(step, new Shape(4, 3), DataType.BFloat16);
        Assert.Contains("narrow type", Assert.Throws<RetortException>(() => step.Scale(narrow, 2)).Message, StringComparison.Ordinal);
    }

    private static Tensor Narrow(Step step, Shape shape, DataType type)
    {
        var narrow = step.Allocate(shape, type);
        step.Device.Write(narrow, Samples.Values(shape.Count, 2));
        return narrow;
    }

    private static void Close(float[] expected, float[] actual)
    {
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 2e-5 * Math.Max(1, Math.Abs(expected[i])), $"{i}: {expected[i]} {actual[i]}");
    }
}
