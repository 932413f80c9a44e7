using Retort.Labels;
using Retort.Labels.Sequences;
using Retort.Tensors;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Labels.Sequences;

public sealed class SequenceLabelTests : IDisposable
{
    private readonly TemporaryFolder _root = new();

    public void Dispose() => _root.Dispose();

    private string Folder => _root.At("labels");

    [Theory]
    [InlineData(SequenceCodec.TopKByte, "5", 0.052f, 0)]
    [InlineData(SequenceCodec.TopKByte, "mass>=0.5 max 40", 0.052f, 0)]
    [InlineData(SequenceCodec.TopKHalf, "5", 0.004f, 0)]
    [InlineData(SequenceCodec.TopKHalf, "p>=0.01", 0.004f, 2)]
    [InlineData(SequenceCodec.TopKByte, "5%", 0.052f, 20)]
    public void DocumentsComeBackAcrossShards(SequenceCodec codec, string keep, float step, int prompt)
    {
        var description = SequenceCapture.Of(codec, keep: keep);
        SequenceCapture.Make(Folder, description, prompt);
        using var reader = SequenceLabelReader.Open(Folder, description, verifyAll: true);
        Assert.Equal(3, Directory.GetFiles(Folder, "*.safetensors").Length);
        Assert.Empty(Directory.GetFiles(Folder, "*.wip"));
        Assert.Equal(Enumerable.Range(0, 7).Sum(document => SequenceCapture.Tokens(document).Length), reader.Tokens);
        foreach (var document in new[] { 6, 0, 3, 2, 5, 1, 4 })
        {
            var tokens = SequenceCapture.Tokens(document);
            var (back, mask) = (new int[tokens.Length], new byte[tokens.Length]);
            reader.ReadTokens(document, 0, back);
            reader.ReadMask(document, 0, mask);
            Assert.Equal(tokens, back);
            Assert.Equal(tokens.Select((_, row) => (byte)(row < prompt ? 0 : 1)), mask);
            Assert.Equal(ExampleKey.Of(tokens), reader.Key(document));

            var (ids, logs) = (new int[tokens.Length * reader.MaximumKept], new float[tokens.Length * reader.MaximumKept]);
            var tails = new float[tokens.Length];
            reader.ReadRows(document, 0, ids, logs, tails);
            for (var row = 0; row < tokens.Length; row++)
            {
                var place = row * reader.MaximumKept;
                var kept = LabelKeep.Parse(keep).Select(SequenceCapture.Logits(document, row));
                if (row < prompt) kept = new([], [], 0);
                Assert.Equal(kept.Ids, ids[place..(place + reader.MaximumKept)].TakeWhile(id => id >= 0));
                for (var index = 0; index < kept.Ids.Length; index++)
                    Assert.Equal(kept.LogProbabilities[index], logs[place + index], step);
                Assert.All(logs[(place + kept.Ids.Length)..(place + reader.MaximumKept)], log => Assert.Equal(float.NegativeInfinity, log));
                Assert.Equal(Math.Exp(kept.LogTail), tails[row], 2e-3);
            }
        }
    }

    [Fact]
    public void PartOfADocumentIsThatPart()
    {
        var description = SequenceCapture.Of(SequenceCodec.TopKByte);
        SequenceCapture.Make(Folder, description);
        using var reader = SequenceLabelReader.Open(Folder, description);
        var rows = reader.Length(2);
        var (all, some) = (new int[rows * 5], new int[2 * 5]);
        reader.ReadRows(2, 0, all, new float[rows * 5], new float[rows]);
        reader.ReadRows(2, rows - 3, some, new float[10], new float[2]);
        Assert.Equal(all[((rows - 3) * 5)..((rows - 1) * 5)], some);
        var tokens = new int[2];
        reader.ReadTokens(2, rows - 3, tokens);
        Assert.Equal(SequenceCapture.Tokens(2)[(rows - 3)..(rows - 1)], tokens);
        Assert.ThrowsAny<ArgumentException>(() => reader.ReadTokens(2, rows - 1, tokens));
        Assert.ThrowsAny<ArgumentException>(() => reader.Length(7));
    }

    [Fact]
    public void DrawsComeBackAndAreTheSameWhoeverMadeThem()
    {
        var description = SequenceCapture.Of(SequenceCodec.Sampled) with { Seed = 9 };
        using (var writer = SequenceLabelWriter.Open(Folder, description)) SequenceCapture.Fill(writer, 4);
        SequenceCapture.Make(Folder, description with { Seed = 77 }); // a set that is gone on with keeps its seed
        using var reader = SequenceLabelReader.Open(Folder, description, verifyAll: true);
        var (drawn, frequencies) = (new int[20], new float[20]);
        var (ids, logs, tails) = (new int[20], new float[20], new float[1]);
        for (var document = 0; document < 7; document++)
        {
            var row = reader.Length(document) - 1;
            var kept = new TokenSampler(20, new Seed(9)).Draw(SequenceCapture.Logits(document, row), document, row, drawn, frequencies);
            reader.ReadRows(document, row, ids, logs, tails);
            Assert.Equal(drawn[..kept], ids.TakeWhile(id => id >= 0));
            for (var index = 0; index < kept; index++) Assert.Equal(frequencies[index], logs[index], 1e-5f);
            Assert.Equal(0, tails[0]);
        }
    }

    [Fact]
    public void NumbersComeBackAsF16()
    {
        var description = SequenceCapture.Of(SequenceCodec.DenseHalf);
        SequenceCapture.Make(Folder, description, prompt: 1);
        using var reader = SequenceLabelReader.Open(Folder, description, verifyAll: true);
        var values = new float[12];
        reader.ReadValues(1, 0, values);
        Assert.Equal(new float[6].Concat(SequenceCapture.Values(1, 1).Select(value => (float)(Half)value)), values);
    }

    /// <summary>Rows of one length need no offsets; a prompt without labels makes them differ.</summary>
    [Theory]
    [InlineData(SequenceCodec.TopKHalf, 0, false)]
    [InlineData(SequenceCodec.TopKHalf, 1, true)]
    [InlineData(SequenceCodec.DenseHalf, 0, false)]
    [InlineData(SequenceCodec.Sampled, 0, true)]
    public void OffsetsAreThereWhereRowsDiffer(SequenceCodec codec, int prompt, bool expected)
    {
        SequenceCapture.Make(Folder, SequenceCapture.Of(codec), prompt);
        using var shard = LabelShardBytes.Open(Path.Combine(Folder, "labels-00000-of-00003.safetensors"));
        Assert.Equal(expected, shard.Has("row_offsets"));
        Assert.Equal(!expected, shard.Metadata.ContainsKey("row_bytes"));
        Assert.Equal(prompt > 0, shard.Has("loss_mask"));
    }

    /// <summary>With the normaliser, kept and tail at T are those of all logits at T.</summary>
    [Fact]
    public void PlannedTemperaturesAreExact()
    {
        var description = SequenceCapture.Of(SequenceCodec.TopKHalf) with { Temperatures = [2, 4] };
        SequenceCapture.Make(Folder, description, prompt: 1);
        using var reader = SequenceLabelReader.Open(Folder, description, verifyAll: true);
        var rows = reader.Length(4);
        var (ids, logs, normalisers) = (new int[rows * 5], new float[rows * 5], new float[rows * 2]);
        reader.ReadRows(4, 0, ids, logs, new float[rows]);
        reader.ReadNormalisers(4, 0, normalisers);
        Assert.Equal([0, 0], normalisers[..2]);
        for (var row = 1; row < rows; row++)
        {
            var logits = SequenceCapture.Logits(4, row);
            foreach (var (temperature, index) in new[] { (2, 0), (4, 1) })
            {
                var total = logits.Sum(logit => Math.Exp(logit / temperature));
                Assert.Equal(Math.Log(Math.Exp(logits[ids[row * 5]] / temperature) / total),
                    logs[row * 5] / temperature - normalisers[row * 2 + index], 2e-3);
            }
        }
    }

    [Fact]
    public void ARowThatAServerTruncatedIsSortedAndKept()
    {
        var description = SequenceCapture.Of(SequenceCodec.TopKHalf, documents: 1) with { MaximumTokens = 2 };
        using (var writer = SequenceLabelWriter.Open(Folder, description))
        {
            var document = writer.NewDocument();
            document.Begin(0, ExampleKey.Of("a"), [1, 2]);
            document.AddRow([200, 3], [MathF.Log(0.25f), MathF.Log(0.5f)], Math.Log(0.25));
            document.AddUnlabelled();
            Assert.Throws<InvalidOperationException>(() => document.AddUnlabelled());
            writer.Append(document);
        }
        using var reader = SequenceLabelReader.Open(Folder, description);
        var (ids, logs, tails) = (new int[10], new float[10], new float[2]);
        reader.ReadRows(0, 0, ids, logs, tails);
        Assert.Equal([3, 200, -1, -1, -1, -1, -1, -1, -1, -1], ids);
        Assert.Equal(0.5, Math.Exp(logs[0]), 1e-3);
        Assert.Equal([0.25f, 1], tails.Select(tail => MathF.Round(tail, 3)));
    }

    [Fact]
    public void DocumentsAreFoundByTheirKey()
    {
        var description = SequenceCapture.Of(SequenceCodec.TopKByte);
        SequenceCapture.Make(Folder, description);
        using var reader = SequenceLabelReader.Open(Folder, description);
        Assert.True(reader.TryFind(ExampleKey.Of(SequenceCapture.Tokens(5)), out var document));
        Assert.Equal(5, document);
        var key = ExampleKey.Of(SequenceCapture.Tokens(7));
        Assert.False(reader.TryFind(key, out _));
        Assert.Equal(key, ExampleKey.Parse(key.ToString(), ""));
        reader.Require([.. Enumerable.Range(0, 7).Select(index => ExampleKey.Of(SequenceCapture.Tokens(index)))]);
        var error = Assert.Throws<RetortException>(() => reader.Require([ExampleKey.Of(SequenceCapture.Tokens(2)), key]));
        Assert.Equal($"{Folder}  has no labels of example 1, whose key is {key}.\n  expected labels of all 2 examples; it has 7 documents.\n  use the data that were labelled, or delete the labels folder and label again.",
            error.Message);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(5000)]
    public void TheWriterChoosesHowManyDocumentsAShardHas(int tokens)
    {
        var description = SequenceCapture.Of(SequenceCodec.TopKByte, 1_000_000) with { MaximumTokens = tokens, UnitDocuments = 0 };
        var most = (20 + tokens * (9 + 4 + 5 * 3)) * (long)description.Checked("").UnitDocuments;
        Assert.InRange(most, 250L << 20, 256L << 20);
    }
}
