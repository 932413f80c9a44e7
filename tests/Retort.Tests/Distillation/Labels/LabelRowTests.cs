using System.Buffers.Binary;
using Retort.Labels;
using Retort.Tensors;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Labels;

/// <summary>A row that is no answer over the classes is refused when it is read, although all checksums of its shard are right.</summary>
public sealed class LabelRowTests : IDisposable
{
    private const string Shard = "labels-00000-of-00001.safetensors";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(new[] { 1f, float.NaN, 1 }, 1.5f, "has the logit NaN for class 1")]
    [InlineData(new[] { 1f, 1, float.PositiveInfinity }, 1.5f, "has the logit Infinity for class 2")]
    [InlineData(new[] { float.NegativeInfinity, 1f, 1 }, 1.5f, "has the logit -Infinity for class 0")]
    [InlineData(new[] { 0f, 0, 0 }, 1.5f, "has log-sum-exp 1.5 where its logits give 1.0986122886681098")]
    [InlineData(new[] { 0f, 0, 0 }, float.NaN, "has log-sum-exp NaN where its logits give 1.0986122886681098")]
    public void DenseLogits(float[] logits, float logSumExp, string fault)
    {
        var row = new byte[16];
        for (var index = 0; index < 3; index++) BinaryPrimitives.WriteSingleLittleEndian(row.AsSpan(4 * index), logits[index]);
        BinaryPrimitives.WriteSingleLittleEndian(row.AsSpan(12), logSumExp);
        Refused(Capture.Of(LabelCodec.Dense, 2, 3), row, fault);
    }

    [Theory]
    [InlineData(3, "has class 3 of 3")]
    [InlineData(-1, "has class -1 of 3")]
    [InlineData(int.MaxValue, "has class 2147483647 of 3")]
    public void HardClasses(int label, string fault)
    {
        var row = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(row, label);
        Refused(Capture.Of(LabelCodec.Hard, 2, 3), row, fault);
    }

    /// <summary>0.5, 0.25 and 0.125 of seven classes leave an eighth; what is written are their logarithms.</summary>
    [Theory]
    [InlineData(new byte[] { 1, 2, 7 }, new[] { 0.5, 0.25, 0.125 }, 0.125, "has class 7 after 2, of 7 classes")]
    [InlineData(new byte[] { 1, 2, 2 }, new[] { 0.5, 0.25, 0.125 }, 0.125, "has class 2 after 2, of 7 classes")]
    [InlineData(new byte[] { 2, 1, 3 }, new[] { 0.5, 0.25, 0.125 }, 0.125, "has class 1 after 2, of 7 classes")]
    [InlineData(new byte[] { 1, 2, 3 }, new[] { 0.5, double.NaN, 0.125 }, 0.125, "has log-probability NaN, which is not 0 or less")]
    [InlineData(new byte[] { 1, 2, 3 }, new[] { 0.5, -0.25, 0.125 }, 0.125, "has log-probability NaN, which is not 0 or less")]
    [InlineData(new byte[] { 1, 2, 3 }, new[] { 2.0, 0.25, 0.125 }, 0.125, "has log-probability 0.6933594, which is not 0 or less")]
    [InlineData(new byte[] { 1, 2, 3 }, new[] { 0.5, 0.25, 0.125 }, double.NaN, "has log tail mass NaN, which is not 0 or less")]
    [InlineData(new byte[] { 1, 2, 3 }, new[] { 0.5, 0.25, 0.125 }, 2.0, "has log tail mass 0.6933594, which is not 0 or less")]
    [InlineData(new byte[] { 1, 2, 3 }, new[] { 1.0, 1, 1 }, 0.0, "sums to 3 with a tail of 0, together 3")]
    [InlineData(new byte[] { 1, 2, 3 }, new[] { 1.0, 0, 0 }, 1.0, "sums to 1 with a tail of 1, together 2")]
    [InlineData(new byte[] { 1, 2, 3 }, new[] { 0.0, 0, 0 }, 0.0, "sums to 0 with a tail of 0, together 0")]
    public void KeptClasses(byte[] ids, double[] probabilities, double tail, string fault)
    {
        var description = Capture.Of(LabelCodec.TopK, 2, keep: "3");
        Refused(description, TopK(ids, probabilities, tail), fault);

        // A row that only sums wrongly has a key; none lets a class or a number through that is not there.
        var accepted = new AcceptedLabels { SumError = 2, Teacher = "aa", Data = "bb", MixedCaptures = true, CaptureTemperature = 1 };
        using var reader = LabelReader.Open(_folder.Path, description, accepted: accepted);
        Assert.Equal(["labels.accept.sumError: a row of labels may sum to 1 ± 2."], reader.Lifted);
        if (fault.StartsWith("sums", StringComparison.Ordinal)) reader.ReadHard([1], new int[1]);
        else Assert.Throws<RetortException>(() => reader.ReadHard([1], new int[1]));
    }

    [Fact]
    public void ALimitOnTheSumIsKept()
    {
        var description = Capture.Of(LabelCodec.TopK, 2, keep: "3");
        Write(description, TopK([1, 2, 3], [0.5, 0.25, 0.125], 0.0625));
        foreach (var (sumError, taken) in new[] { (0.05, false), (0.07, true) })
        {
            using var reader = LabelReader.Open(_folder.Path, description, accepted: new() { SumError = sumError });
            if (taken) reader.ReadHard([1], new int[1]);
            else Assert.Throws<RetortException>(() => reader.ReadHard([1], new int[1]));
        }
    }

    [Theory]
    [InlineData(4, "is 4 bytes, expected 2 + K·3, at most 14")]
    [InlineData(2, "is 2 bytes, expected 2 + K·3, at most 14")]
    [InlineData(17, "is 17 bytes, expected 2 + K·3, at most 14")]
    public void ALengthThatNoRowHas(int bytes, string fault) =>
        Refused(Capture.Of(LabelCodec.TopK, 2, keep: "p>=0.25"), new byte[bytes], fault);

    private static byte[] TopK(byte[] ids, double[] probabilities, double tail)
    {
        var row = new byte[2 + 3 * ids.Length];
        Write(0, tail);
        ids.CopyTo(row, 2);
        for (var index = 0; index < ids.Length; index++) Write(2 + ids.Length + 2 * index, probabilities[index]);
        return row;

        void Write(int place, double probability) => BinaryPrimitives.WriteHalfLittleEndian(row.AsSpan(place), (Half)Math.Log(probability));
    }

    /// <summary>A set of two rows, the second of which is given; manifest and checksums are right.</summary>
    private void Write(LabelSetDescription description, byte[] row)
    {
        Capture.Make(_folder.Path, description);
        var logits = Capture.Logits(0, description.Classes);
        var codec = new LabelRowCodec(description);
        var good = new byte[codec.MaximumBytes];
        var length = codec.Encode(logits, good);
        LabelShardFile.Write(_folder.At(Shard), description, 0, [good[..length], row], codec.Stride is not null);
        LabelManifest.Write(_folder.Path, description);
    }

    private void Refused(LabelSetDescription description, byte[] row, string fault)
    {
        Write(description, row);
        var message =
            $"{_folder.At(Shard)}  row 1 {fault}.\n  expected an answer over the classes.\n  delete this file and run again with --resume: only its rows are labelled again.";
        using (var reader = LabelReader.Open(_folder.Path, description))
        {
            reader.ReadHard([0], new int[1]);
            Assert.Equal(message, Assert.Throws<RetortException>(() => reader.ReadHard([1], new int[1])).Message);
        }
        Assert.Equal(message, Assert.Throws<RetortException>(() => LabelReader.Open(_folder.Path, description, verifyAll: true)).Message);
    }
}
