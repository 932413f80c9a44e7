using Retort.Data.Sound;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Data.Sound;

public sealed class FourierTransformTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(64)]
    public void ThePowersAreThoseOfTheSums(int size)
    {
        double[] x = [.. Enumerable.Range(0, size).Select(i => new Seed(3).Normal((ulong)i))];
        var power = new double[size / 2 + 1];
        new FourierTransform(size).Power(x, power);
        for (var k = 0; k <= size / 2; k++)
        {
            var (real, imaginary) = (0.0, 0.0);
            for (var n = 0; n < size; n++)
            {
                real += x[n] * Math.Cos(2 * Math.PI * k * n / size);
                imaginary -= x[n] * Math.Sin(2 * Math.PI * k * n / size);
            }
            Assert.Equal(real * real + imaginary * imaginary, power[k], 1e-9);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(12)]
    public void OtherSizesAreRefused(int size) => Assert.Contains($"a size of {size}.",
        Assert.Throws<RetortException>(() => new FourierTransform(size)).Message, StringComparison.Ordinal);
}
