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

    /// <summary>Each group of 32 has its own scale, so that a large number spoils its own group alone.</summary>
    [Theory]
    [InlineData(1, 32)]
    [InlineData(3, 70)]
    [InlineData(5, 7)]
    public void Int4KeepsEachGroupToHalfAStep(int rows, int columns)
    {
        float[] values = [.. Enumerable.Range(0, rows * columns).Select(i => (float)new Seed(1).Normal((ulong)i) * (i % 41 == 0 ? 50 : 1))];
        var read = RoundTrip(DataType.Int4, new Shape(rows, columns), values);
        for (var i = 0; i < values.Length; i++)
        {
            var (row, group) = (i / columns, i % columns / 32);
            var step = values.Skip(row * columns + group * 32).Take(Math.Min(32, columns - group * 32)).Max(Math.Abs) / 7;
            Assert.InRange(Math.Abs(values[i] - read[i]), 0, step / 2 * 1.0001f);
        }
        Assert.Equal(read, RoundTrip(DataType.Int4, new Shape(rows, columns), read)); // what was rounded stays
    }

    /// <summary>A step of the smallest numbers is rounded itself, to nought or by a half. In Int4 two columns share a byte.</summary>
    [Theory]
    [InlineData(DataType.Int4, 4e-45f, 0)]
    [InlineData(DataType.Int4, 1e-44f, 1e-44f)]
    [InlineData(DataType.Int4, 1.4e-44f, 1e-44f)]
    [InlineData(DataType.Int8, 4e-45f, 0)]
    [InlineData(DataType.Int8, 2.5e-43f, 1.78e-43f)]
    public void TheSmallestNumbersKeepTheirPlace(DataType type, float value, float expected)
    {
        var (values, wanted) = (new float[32], new float[32]);
        (values[3], values[19], wanted[3], wanted[19]) = (value, -value, expected, -expected);
        Assert.Equal(wanted, RoundTrip(type, new Shape(1, 32), values));
        (values[19], wanted[19]) = (0, 0);
        Assert.Equal(wanted, RoundTrip(type, new Shape(1, 32), values));
    }

    [Fact]
    public void ANaNInARowOfInt8IsNotLost() =>
        Assert.Contains(float.NaN, RoundTrip(DataType.Int8, new Shape(1, 2), [1, float.NaN]));

    [Fact]
    public void ANaNInAGroupOfInt4IsNotLost() =>
        Assert.Contains(float.NaN, RoundTrip(DataType.Int4, new Shape(1, 2), [1, float.NaN]));

    [Fact]
    public void ScalesLieBehindTheRows()
    {
        Assert.Equal(64 + 3 * 4, DataType.Int8.BytesOf(new Shape(3, 5)));
        Assert.Equal(192 + 3 * 3 * 4, DataType.Int4.BytesOf(new Shape(3, 70))); // 3 rows of 3 groups of 16 bytes, up to 192
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
