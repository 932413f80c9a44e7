using FsCheck;
using FsCheck.Fluent;
using Retort.Labels.Sequences;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Distillation.Labels.Sequences;

/// <summary>What is written is what is read: ids exactly, log-probabilities within the codec's step, the tail within f16.</summary>
public class TokenCodecTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(300);

    /// <summary>Vocabularies around those where an id grows a bit or a gap a byte; few, many and all ids, the ends among them.</summary>
    private static readonly Arbitrary<Row> Rows =
        Gen.Elements(1, 2, 3, 127, 128, 129, 256, 257, 1000, 16_384, 16_385, 16_512, 65_536, 151_936)
            .SelectMany(vocabulary => Gen.OneOf(Gen.Choose(0, Math.Min(4, vocabulary)), Gen.Choose(0, Math.Min(130, vocabulary)),
                    Gen.Constant(Math.Min(vocabulary, 1000)))
                .SelectMany(kept => Gen.Choose(0, 1 << 30).Select(seed => Row.Of(vocabulary, kept, (ulong)seed)))).ToArbitrary();

    [Fact]
    public void TopKByteComesBackWithinATwentyFourth() => Check.One(Many, Prop.ForAll(Rows, row =>
    {
        var codec = new TopKByteCodec(row.Vocabulary, Math.Max(1, row.Ids.Length));
        var (ids, values, logTail) = Back(codec, row);
        Assert.Equal(row.Ids, ids);
        for (var index = 0; index < ids.Length; index++)
            Assert.Equal(Math.Max(row.LogProbabilities[index], row.LogProbabilities.Max() - 21.25f), values[index], 1 / 24f + 0.01f);
        Tail(row, logTail);
    }));

    [Fact]
    public void TopKHalfComesBackWithinF16() => Check.One(Many, Prop.ForAll(Rows, row =>
    {
        var codec = new TopKHalfCodec(row.Vocabulary, Math.Max(1, row.Ids.Length));
        var (ids, values, logTail) = Back(codec, row);
        Assert.Equal(row.Ids, ids);
        for (var index = 0; index < ids.Length; index++)
            Assert.Equal(row.LogProbabilities[index], values[index], Math.Abs(row.LogProbabilities[index]) / 2048 + 1e-7f);
        Tail(row, logTail);
    }));

    [Fact]
    public void CountsComeBackExactly() => Check.One(Many, Prop.ForAll(Rows, row =>
    {
        if (row.Ids.Length == 0) return;
        var counts = row.Ids.Select((_, index) => 1 + (int)(row.Vocabulary * 37L * (index + 1) % 991)).ToArray();
        var draws = counts.Sum();
        var codec = new SampledCodec(row.Vocabulary, draws);
        var (ids, values, logTail) =
            Back(codec, row with { LogProbabilities = [.. counts.Select(count => (float)Math.Log(count / (double)draws))] });
        Assert.Equal(row.Ids, ids);
        Assert.Equal(counts, values.Select(value => (int)Math.Round(Math.Exp(value) * draws)));
        Assert.Equal(float.NegativeInfinity, logTail);
    }));

    [Fact]
    public void NumbersComeBackWithinF16() => Check.One(Many, Prop.ForAll(ArbMap.Default.ArbFor<float[]>(), given =>
    {
        var numbers = given.Where(number => Half.IsFinite((Half)number)).ToArray();
        if (numbers.Length == 0) return;
        var codec = new DenseHalfCodec(numbers.Length);
        var (_, values, _) = Back(codec, new Row(1, [], numbers, double.NegativeInfinity));
        Assert.Equal(numbers.Select(number => (float)(Half)number), values);
    }));

    /// <summary>7 bits a byte, low first; the longest vocabulary takes three.</summary>
    [Theory]
    [InlineData(new[] { 0, 1, 2 }, new byte[] { 0, 0, 0 })]
    [InlineData(new[] { 127, 256 }, new byte[] { 127, 128, 1 })]
    [InlineData(new[] { 128 }, new byte[] { 128, 1 })]
    [InlineData(new[] { 151_935 }, new byte[] { 0xFF, 0xA2, 0x09 })]
    public void GapsAreTheseBytes(int[] ids, byte[] expected)
    {
        var bytes = new byte[20];
        Assert.Equal(expected, bytes[..GapIds.Write(ids, bytes)]);
    }

    /// <summary>Half 0 is 0x0000, −1 is 0xBC00; the tail's −2 is 0xC000; 7/12 below the largest is 7 steps.</summary>
    [Fact]
    public void ARowOfTopKByteIsTheseBytes()
    {
        var row = new byte[20];
        var length = new TopKByteCodec(300, 2).Encode([3, 200], [-1, -1 - 7 / 12f], -2, row);
        Assert.Equal([0x00, 0xBC, 0x00, 0xC0, 3, 0xC4, 0x01, 0, 7], row[..length]);
    }

    /// <summary>300 ids have 9 bits: 3 and 200 are 0x19003 in 18 bits, which fill three bytes.</summary>
    [Fact]
    public void ARowOfTopKHalfIsTheseBytes()
    {
        var row = new byte[20];
        var length = new TopKHalfCodec(300, 2).Encode([3, 200], [-1, -2], -2, row);
        Assert.Equal([0x00, 0xC0, 0x03, 0x90, 0x01, 0x00, 0xBC, 0x00, 0xC0], row[..length]);
    }

    /// <summary>A flipped bit may give another row, never an error: whether it is an answer is asked afterwards.</summary>
    [Fact]
    public void AnyBytesAreARowOrNone()
    {
        ITokenCodec[] codecs = [new TopKByteCodec(300, 9), new TopKHalfCodec(300, 9), new SampledCodec(300, 9), new DenseHalfCodec(9)];
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            foreach (var codec in codecs)
            {
                var (ids, values) = (new int[9], new float[9]);
                var kept = codec.Decode(bytes, ids, values, out var logTail);
                Assert.InRange(kept, -1, 9);
                if (kept >= 0) codec.Fault(codec is DenseHalfCodec ? [] : ids.AsSpan(0, kept), values.AsSpan(0, kept), logTail);
            }
        }));
    }

    private static (int[] Ids, float[] Values, float LogTail) Back(ITokenCodec codec, Row row)
    {
        var bytes = new byte[codec.MaximumBytes];
        var length = codec.Encode(row.Ids, row.LogProbabilities, row.LogTail, bytes);
        var (ids, values) = (new int[codec.MaximumKept], new float[codec.MaximumKept]);
        var kept = codec.Decode(bytes.AsSpan(0, length), ids, values, out var logTail);
        Assert.True(kept >= 0);
        Assert.Null(codec.Fault(codec is DenseHalfCodec ? [] : ids.AsSpan(0, kept), values.AsSpan(0, kept), logTail));
        return (codec is DenseHalfCodec ? [] : ids[..kept], values[..kept], logTail);
    }

    private static void Tail(Row row, float logTail)
    {
        if (double.IsNegativeInfinity(row.LogTail)) Assert.Equal(float.NegativeInfinity, logTail);
        else Assert.Equal(row.LogTail, logTail, Math.Abs(row.LogTail) / 2048 + 1e-7);
    }

    /// <summary>A row of a distribution: K of V ids, the first and the last of them in it, and what the others have.</summary>
    private sealed record Row(int Vocabulary, int[] Ids, float[] LogProbabilities, double LogTail)
    {
        public static Row Of(int vocabulary, int kept, ulong seed)
        {
            var stream = new Seed(seed);
            var ids = new SortedSet<int>();
            for (var draw = 0UL; ids.Count < kept; draw++)
                ids.Add(draw switch { 0 => 0, 1 => vocabulary - 1, _ => stream.Below(vocabulary, draw) });
            var weights = ids.Select((_, index) => Math.Exp(4 * stream.Normal((ulong)index, 1))).ToArray();
            var tail = kept == vocabulary ? 0 : kept == 0 ? 1 : Math.Exp(4 * stream.Normal(0, 2));
            var total = weights.Sum() + tail;
            return new(vocabulary, [.. ids], [.. weights.Select(weight => (float)Math.Min(0, Math.Log(weight / total)))],
                Math.Log(tail / total));
        }

        public override string ToString() => $"{Ids.Length} of {Vocabulary}";
    }
}
