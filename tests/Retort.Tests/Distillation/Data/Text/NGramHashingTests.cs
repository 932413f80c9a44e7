using Retort.Data.Text;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Data.Text;

public sealed class NGramHashingTests
{
    private readonly NGramHashing _hashing = new(1024);

    /// <summary>Worked out by another program from the definition: words, pairs, then three and four letters of each word.</summary>
    [Fact]
    public void TheSameNumbersForEver() => Assert.Equal(
        [
            647, 1428, 245, 1499, 245, 309, 643, 1332, 1404, 1614, 1906, 1501, 223,
            1912, 870, 153, 980, 1594, 1735, 1309, 1390, 486, 111, 999,
        ],
        _hashing.Encode("Book a flight"));

    [Fact]
    public void CaseAndBlanksDoNotMatterAndSignsStandAlone()
    {
        Assert.Equal(_hashing.Encode("BOOK  a\tflight "), _hashing.Encode("book a flight"));
        Assert.Equal(_hashing.Encode("why ?"), _hashing.Encode("why?"));
        Assert.NotEqual(_hashing.Encode("why"), _hashing.Encode("why?"));
        Assert.Empty(_hashing.Encode(" \n"));
    }

    /// <summary>Buckets are used evenly and half of the signs are minus: five deviations of a fair draw.</summary>
    [Fact]
    public void SignedAndSpread()
    {
        int[] codes = [.. Enumerable.Range(0, 4000).Select(i => _hashing.Encode($"w{i}x")[0])];
        Assert.InRange(codes.Count(code => code % 2 == 1), 2000 - 158, 2000 + 158);
        Assert.InRange(codes.Select(code => code / 2).Distinct().Count(), 980, 1024);
        Assert.All(codes, code => Assert.InRange(code, 0, 2047));
    }

    /// <summary>A letter that was doubled leaves most of a long word as it was.</summary>
    [Fact]
    public void ATypoLeavesMostOfAWord()
    {
        var wide = new NGramHashing(1 << 20);
        int[] right = wide.Encode("reservation"), wrong = wide.Encode("reserrvation");
        Assert.InRange(right.Intersect(wrong).Count() / (double)right.Length, 0.6, 0.9);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(NGramHashing.MostBuckets + 1)]
    public void TooFewOrTooManyBuckets(int buckets) => Assert.Throws<RetortException>(() => new NGramHashing(buckets));
}
