using Retort.Labels.Sequences;
using Retort.Tensors;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Labels.Sequences;

/// <summary>A row that is no answer is refused when it is read, although every checksum is right, and ends a journal.</summary>
public sealed class SequenceRowTests : IDisposable
{
    private readonly TemporaryFolder _root = new();

    public void Dispose() => _root.Dispose();

    private string Folder => _root.At("labels");

    /// <summary>Seven ids in three bits; probabilities 0.5, 0.25 and 0.125 of them leave an eighth.</summary>
    [Theory]
    [InlineData(new[] { 1, 2, 7 }, new[] { 0.5, 0.25, 0.125 }, 0.125, "has token 7 after 2, of 7 tokens")]
    [InlineData(new[] { 1, 2, 2 }, new[] { 0.5, 0.25, 0.125 }, 0.125, "has token 2 after 2, of 7 tokens")]
    [InlineData(new[] { 2, 1, 3 }, new[] { 0.5, 0.25, 0.125 }, 0.125, "has token 1 after 2, of 7 tokens")]
    [InlineData(new[] { 1, 2, 3 }, new[] { 0.5, double.NaN, 0.125 }, 0.125, "has log-probability NaN, which is not 0 or less")]
    [InlineData(new[] { 1, 2, 3 }, new[] { 2.0, 0.25, 0.125 }, 0.125, "has log-probability 0.6933594, which is not 0 or less")]
    [InlineData(new[] { 1, 2, 3 }, new[] { 0.5, 0.25, 0.125 }, 2.0, "has log tail mass 0.693359375, which is not 0 or less")]
    [InlineData(new[] { 1, 2, 3 }, new[] { 0.5, 0.25, 0.125 }, double.NaN, "has log tail mass NaN, which is not 0 or less")]
    [InlineData(new[] { 1, 2, 3 }, new[] { 1.0, 1, 1 }, 0.0, "sums to 3 with a tail of 0, together 3")]
    [InlineData(new[] { 1, 2, 3 }, new[] { 1.0, 0, 0 }, 1.0, "sums to 1 with a tail of 1, together 2")]
    public void TopKHalf(int[] ids, double[] probabilities, double tail, string fault)
    {
        var row = new byte[10];
        Half(0, tail);
        var packed = ids.Select((id, index) => id << 3 * index).Sum();
        (row[2], row[3]) = ((byte)packed, (byte)(packed >> 8));
        for (var index = 0; index < 3; index++) Half(4 + 2 * index, probabilities[index]);
        Refused(Of(SequenceCodec.TopKHalf, keep: "3"), row, fault);

        void Half(int place, double value) => BitConverter.GetBytes((Half)Math.Log(value)).CopyTo(row, place);
    }

    /// <summary>0x0000 is log-probability 0, 0xFC00 −∞, 0xBC00 −1.</summary>
    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0xFC, 7, 0 }, "has token 7 after -1, of 7 tokens")]
    [InlineData(new byte[] { 0, 0, 0, 0xFC, 2, 4, 0, 0 }, "has token 7 after 2, of 7 tokens")]
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 0 }, "sums to 1 with a tail of 1, together 2")]
    [InlineData(new byte[] { 0, 0, 0, 0xFC, 2, 0, 0, 0 }, "sums to 2 with a tail of 0, together 2")]
    [InlineData(new byte[] { 0, 0xBC, 0, 0xFC, 2, 0 }, "sums to 0.36787944117144233 with a tail of 0, together 0.36787944117144233")]
    [InlineData(new byte[] { 0, 0x3C, 0, 0xFC, 2, 0 }, "has log-probability 1, which is not 0 or less")]
    [InlineData(new byte[] { 0, 0, 0 }, "is 3 bytes that are no row of its codec, which has at most 10")]
    [InlineData(new byte[] { 0, 0, 0, 0xFC, 2 }, "is 5 bytes that are no row of its codec, which has at most 10")]
    [InlineData(new byte[] { 0, 0, 0, 0xFC, 130, 0, 0 }, "is 7 bytes that are no row of its codec, which has at most 10")]
    [InlineData(new byte[] { 0, 0, 0, 0xFC, 0, 0, 0, 0, 0, 0, 0, 0 }, "is 12 bytes that are no row of its codec, which has at most 10")]
    [InlineData(new byte[0], "is 0 bytes that are no row of its codec, which has at most 10")]
    public void TopKByte(byte[] row, string fault) => Refused(Of(SequenceCodec.TopKByte, keep: "3"), row, fault);

    [Theory]
    [InlineData(new byte[] { 2, 1, 1, 3, 2 }, "has 5 draws and a tail of 0, where 4 draws were made")]
    [InlineData(new byte[] { 2, 1, 1, 1, 2 }, "has 3 draws and a tail of 0, where 4 draws were made")]
    [InlineData(new byte[] { 2, 1, 5, 2, 2 }, "has token 7 after 1, of 7 tokens")]
    [InlineData(new byte[] { 2, 1, 1, 0, 4 }, "is 5 bytes that are no row of its codec, which has at most 13")]
    [InlineData(new byte[] { 2, 1, 1, 4 }, "is 4 bytes that are no row of its codec, which has at most 13")]
    [InlineData(new byte[] { 1, 1, 4, 0 }, "is 4 bytes that are no row of its codec, which has at most 13")]
    public void Sampled(byte[] row, string fault) =>
        Refused(Of(SequenceCodec.Sampled) with { Draws = 4 }, row, fault);

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0x7C }, "has the number Infinity in place 1")]
    [InlineData(new byte[] { 0, 0xFE, 0, 0 }, "has the number NaN in place 0")]
    [InlineData(new byte[] { 0, 0 }, "is 2 bytes that are no row of its codec, which has at most 4")]
    public void Dense(byte[] row, string fault) => Refused(Of(SequenceCodec.DenseHalf) with { Width = 2 }, row, fault);

    [Fact]
    public void ARowWhereTheMaskSaysNone()
    {
        var description = Of(SequenceCodec.TopKByte, keep: "3");
        SequenceCapture.Forge(Folder, description, SequenceCapture.Frame([5, 6], [1, 0], [0, 0, 0, 0xFC, 2, 0], [0, 0, 0, 0xFC, 2, 0]));
        Refused(description, "row 1 is 6 bytes, expected none where the loss mask is 0", 0);
    }

    [Fact]
    public void ATokenThatTheVocabularyHasNot()
    {
        var description = Of(SequenceCodec.TopKByte, keep: "3");
        SequenceCapture.Forge(Folder, description, SequenceCapture.Frame([7], [1], [0, 0, 0, 0xFC, 2, 0]));
        Refused(description, "has token 7 of 7", 0);
    }

    /// <summary>The key lets a row through that only sums wrongly, never a token that is not there.</summary>
    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 0 }, true)]
    [InlineData(new byte[] { 0, 0, 0, 0xFC, 7, 0 }, false)]
    public void OnlyASumHasAKey(byte[] row, bool taken)
    {
        var description = Of(SequenceCodec.TopKByte, keep: "3");
        SequenceCapture.Forge(Folder, description, SequenceCapture.Frame([1], [1], row));
        using var reader = SequenceLabelReader.Open(Folder, description, accepted: new() { SumError = 1 });
        if (taken) reader.ReadRows(0, 0, new int[3], new float[3], new float[1]);
        else Assert.Throws<RetortException>(() => reader.ReadRows(0, 0, new int[3], new float[3], new float[1]));
    }

    [Theory]
    [InlineData(new[] { 1, 2 }, new[] { -0.1f, -0.1f }, -5.0, "document 0, row 0  sums to 1.80967")]
    [InlineData(new[] { 1, 300 }, new[] { -1f, -1f }, -2.0, "document 0, row 0  has token 300 after 1, of 300 tokens.")]
    [InlineData(new[] { 1, 1 }, new[] { -1f, -1f }, -2.0, "document 0, row 0  has token 1 after 1, of 300 tokens.")]
    [InlineData(new[] { 1 }, new[] { 0.5f }, -2.0, "document 0, row 0  has log-probability 0.5, which is not 0 or less.")]
    [InlineData(new[] { 1, 2, 3, 4, 5, 6 }, new[] { -9f, -9f, -9f, -9f, -9f, -9f }, 0.0,
        "document 0, row 0  has 6 ids and 6 log-probabilities.\n  expected as many of both, at most 5.")]
    public void WhatATeacherMayNotAnswer(int[] ids, float[] logProbabilities, double logTail, string message)
    {
        using var writer = SequenceLabelWriter.Open(Folder, SequenceCapture.Of(SequenceCodec.TopKByte));
        var document = writer.NewDocument();
        document.Begin(0, ExampleKey.Of("a"), [1, 2]);
        Assert.StartsWith(message,
            Assert.Throws<RetortException>(() => document.AddRow(ids, logProbabilities, logTail)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatNoTeacherAnswers()
    {
        using var writer = SequenceLabelWriter.Open(Folder, SequenceCapture.Of(SequenceCodec.TopKByte));
        var document = writer.NewDocument();
        Assert.StartsWith("document 3  has 13 tokens.\n  expected 1 to 12.",
            Assert.Throws<RetortException>(() => document.Begin(3, default, new int[13])).Message);
        Assert.StartsWith("document 3  has token 300.\n  expected ids below 300.",
            Assert.Throws<RetortException>(() => document.Begin(3, default, [300])).Message);
        document.Begin(0, default, [1]);
        Assert.StartsWith("document 0, row 0  the teacher answers with 2 logits.\n  expected 300",
            Assert.Throws<RetortException>(() => document.AddLogits([1, 2])).Message);
        var logits = SequenceCapture.Logits(0, 0);
        logits[17] = float.NaN;
        Assert.StartsWith("document 0, row 0  the teacher's logit of token 17 is NaN.",
            Assert.Throws<RunFailedException>(() => document.AddLogits(logits)).Message);
        Assert.Throws<ArgumentException>(() => writer.Append(document));
        Assert.Throws<InvalidOperationException>(() => document.AddValues([1]));
    }

    [Fact]
    public void NumbersThatF16HasNot()
    {
        using var writer = SequenceLabelWriter.Open(Folder, SequenceCapture.Of(SequenceCodec.DenseHalf));
        var document = writer.NewDocument();
        document.Begin(0, default, [1]);
        Assert.StartsWith("document 0, row 0  the teacher's number 2 is 70000.",
            Assert.Throws<RunFailedException>(() => document.AddValues([1, 2, 70000, 3, 4, 5])).Message);
        Assert.StartsWith("document 0, row 0  has 2 numbers.\n  expected 6.",
            Assert.Throws<RetortException>(() => document.AddValues([1, 2])).Message);
    }

    private static SequenceLabelDescription Of(SequenceCodec codec, string keep = "all") =>
        SequenceCapture.Of(codec, documents: 1, keep: keep, draws: 4) with { Vocabulary = 7 };

    private void Refused(SequenceLabelDescription description, byte[] row, string fault)
    {
        SequenceCapture.Forge(Folder, description, SequenceCapture.Frame([5], [1], row));
        Refused(description, "row 0 " + fault, 0);
    }

    private void Refused(SequenceLabelDescription description, string fault, int document)
    {
        var file = Path.Combine(Folder, "labels-00000-of-00001.safetensors");
        var message = $"{file}  document {document} {fault}.\n  expected an answer over the vocabulary.\n  delete this file and run again with --resume: only its rows are labelled again.";
        using (var reader = SequenceLabelReader.Open(Folder, description))
        {
            var most = reader.MaximumKept;
            Assert.Equal(message, Assert.Throws<RetortException>(() =>
            {
                if (description.Codec == SequenceCodec.DenseHalf) reader.ReadValues(document, 0, new float[most]);
                else reader.ReadRows(document, 0, new int[most], new float[most], new float[1]);
            }).Message);
        }
        Assert.Equal(message, Assert.Throws<RetortException>(() => SequenceLabelReader.Open(Folder, description, verifyAll: true)).Message);
    }
}
