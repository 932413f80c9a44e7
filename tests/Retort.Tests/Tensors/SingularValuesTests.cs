using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Tensors;

public sealed class SingularValuesTests
{
    [Theory]
    [InlineData(5, 3)]
    [InlineData(3, 7)]
    [InlineData(1, 4)]
    [InlineData(4, 1)]
    [InlineData(40, 31)]
    public void TheProductIsTheMatrixAndTheFactorsAreOrthogonal(int rows, int columns)
    {
        var matrix = Drawn(rows, columns, 1);
        var found = SingularValues.Of(matrix, rows, columns);
        Assert.Equal(Math.Min(rows, columns), found.Values.Count);
        Assert.Equal(found.Values.OrderDescending(), found.Values);
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < columns; column++)
                Assert.Equal(matrix[row * columns + column],
                    Enumerable.Range(0, found.Values.Count).Sum(i => found.Left[i][row] * found.Values[i] * found.Right[i][column]), 1e-12);
        foreach (var side in new[] { found.Left, found.Right })
            for (var i = 0; i < side.Count; i++)
                for (var j = 0; j <= i; j++)
                    Assert.Equal(i == j ? 1 : 0, side[i].Zip(side[j], (a, b) => a * b).Sum(), 1e-12);
    }

    /// <summary>[[3, 0], [4, 5]] has 3√5 and √5.</summary>
    [Fact]
    public void KnownValues()
    {
        var values = SingularValues.Of([3, 0, 4, 5], 2, 2).Values;
        Assert.Equal(3 * Math.Sqrt(5), values[0], 1e-14);
        Assert.Equal(Math.Sqrt(5), values[1], 1e-14);
    }

    [Fact]
    public void AMatrixOfLowRankHasZeros()
    {
        float[] left = Drawn(12, 2, 1), right = Drawn(2, 9, 2), product = new float[12 * 9];
        for (var row = 0; row < 12; row++)
            for (var column = 0; column < 9; column++)
                product[row * 9 + column] = left[row * 2] * right[column] + left[row * 2 + 1] * right[9 + column];
        var found = SingularValues.Of(product, 12, 9);
        Assert.True(found.Values[1] > 0.1);
        Assert.InRange(found.Values[2] / found.Values[0], 0, 1e-6); // float32 products
        Assert.Equal(1, found.Energy(2), 1e-12);
        Assert.All(SingularValues.Of(new float[6], 2, 3).Values, value => Assert.Equal(0, value));
        Assert.Equal(1, SingularValues.Of(new float[6], 2, 3).Energy(1));
    }

    [Fact]
    public void TheSameMatrixGivesTheSameBits()
    {
        var matrix = Drawn(20, 17, 3);
        Assert.Equal(SingularValues.Of(matrix, 20, 17).Left.SelectMany(vector => vector),
            SingularValues.Of(matrix, 20, 17).Left.SelectMany(vector => vector));
    }

    [Fact]
    public void WhatIsNoMatrixIsRefused()
    {
        Assert.Contains("5 elements for 2 × 3", Assert.Throws<RetortException>(() => SingularValues.Of(new float[5], 2, 3)).Message,
            StringComparison.Ordinal);
        Assert.Contains("not finite", Assert.Throws<RetortException>(() => SingularValues.Of([1, float.NaN], 1, 2)).Message,
            StringComparison.Ordinal);
    }

    private static float[] Drawn(int rows, int columns, ulong seed) =>
        [.. Enumerable.Range(0, rows * columns).Select(i => (float)new Seed(seed).Normal((ulong)i))];
}
