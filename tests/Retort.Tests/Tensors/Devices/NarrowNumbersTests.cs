using Retort.Tensors;
using Retort.Tensors.Devices.Cpu;
using Xunit;

namespace Retort.Tests.Tensors.Devices;

public sealed class NarrowNumbersTests
{
    [Theory]
    [InlineData(1f, 1f)]
    [InlineData(-2.5f, -2.5f)]
    [InlineData(1.00390625f, 1f)] // half a step above 1: to even
    [InlineData(1.01171875f, 1.015625f)] // half a step below the next even
    [InlineData(3.4e38f, float.PositiveInfinity)]
    [InlineData(float.NaN, float.NaN)]
    [InlineData(float.NegativeInfinity, float.NegativeInfinity)]
    public void BFloat16RoundsToNearest(float value, float expected) =>
        Assert.Equal(expected, RoundTrip(DataType.BFloat16, new Shape(1, 1), [value])[0]);

    [Fact]
    public void Int8KeepsEachRowToHalfAStep()
    {
        float[] values = [1, -127, 63.5f, 0.01f, 0.02f, -0.03f, 0, 0, 0];
        var read = RoundTrip(DataType.Int8, new Shape(3, 3), values);
        for (var row = 0; row < 3; row++)
        {
            var step = values.Skip(3 * row).Take(3).Max(Math.Abs) / 127;
            for (var i = 0; i < 3; i++) Assert.InRange(Math.Abs(values[3 * row + i] - read[3 * row + i]), 0, step / 2 * 1.0001f);
        }
    }

    [Fact]
    public void ANaNInARowOfInt8IsNotLost() =>
        Assert.Contains(float.NaN, RoundTrip(DataType.Int8, new Shape(1, 2), [1, float.NaN]));

    [Fact]
    public void ScalesLieBehindTheRows()
    {
        Assert.Equal(64 + 3 * 4, DataType.Int8.BytesOf(new Shape(3, 5)));
        Assert.Equal(3 * 5 * 2, DataType.BFloat16.BytesOf(new Shape(3, 5)));
    }

    private static float[] RoundTrip(DataType type, Shape shape, float[] values)
    {
        using var device = new CpuDevice(1);
        using var arena = device.CreateArena("test");
        var tensor = arena.Allocate(shape, type);
        device.Write(tensor, values);
        return device.ToFloats(tensor);
    }
}
