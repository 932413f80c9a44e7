using Retort.Teachers.Onnx;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Teachers.Onnx.Operators;

public sealed class EinsumOperatorsTests
{
    private static readonly OnnxArray A = OnnxArray.Of([2, 2], [1f, 2, 3, 4]);
    private static readonly OnnxArray B = OnnxArray.Of([2, 2], [5f, 6, 7, 8]);

    private static float[] Run(string equation, params OnnxArray[] inputs) =>
        OneNode.Run("Einsum", inputs, ("equation", equation)).Floats();

    [Fact]
    public void LettersOnBothSidesAreKeptAndOthersSummed()
    {
        Assert.Equal([19f, 22, 43, 50], Run("ij,jk->ik", A, B));
        Assert.Equal([19f, 43, 22, 50], Run("ij, jk -> ki", A, B));
        Assert.Equal([70f], Run("ij,ij->", A, B));
    }

    [Fact]
    public void ALetterTwiceIsTheDiagonal() => Assert.Equal([1f, 4], Run("ii->i", A));

    [Fact]
    public void WithoutARightSideLettersThatStandOnceAreKept()
    {
        Assert.Equal([5f], Run("ii", A));
        Assert.Equal([1f, 3, 2, 4], Run("ba", A));
    }

    [Fact]
    public void AnEllipsisBroadcasts() =>
        Assert.Equal([1f, 4, 3, 8], Run("...i,...i->...i", A, OneNode.Row(1, 2)));

    [Fact]
    public void SizesThatDifferAreRefused() => Assert.Contains("'j' is 2 and 3", Assert.Throws<RetortException>(
        () => Run("ij,j->i", A, OneNode.Row(1, 2, 3))).Message, StringComparison.Ordinal);
}
