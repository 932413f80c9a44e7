using System.Diagnostics;
using Retort.Labels.Sequences;
using Retort.Tensors;
using Retort.Tests.Formats;
using Xunit;

namespace Retort.Tests.Distillation.Labels.Sequences;

/// <summary>What labels are said to take beforehand is what they take, for teachers whose ids lie low or anywhere.</summary>
public sealed class SequenceLabelCostTests(ITestOutputHelper output)
{
    private const int Vocabulary = 151_936, Documents = 4, Tokens = 40;

    [Theory]
    [InlineData(SequenceCodec.TopKByte, "64", IdSpread.Low)]
    [InlineData(SequenceCodec.TopKByte, "64", IdSpread.Even)]
    [InlineData(SequenceCodec.TopKByte, "20", IdSpread.Even)]
    [InlineData(SequenceCodec.TopKByte, "128", IdSpread.Low)]
    [InlineData(SequenceCodec.TopKHalf, "20", IdSpread.Even)]
    [InlineData(SequenceCodec.Sampled, "50", IdSpread.Low)]
    [InlineData(SequenceCodec.Sampled, "50", IdSpread.Even)]
    [InlineData(SequenceCodec.DenseHalf, "96", IdSpread.Low)]
    public void ThePredictionIsTheSize(SequenceCodec codec, string size, IdSpread spread)
    {
        using var folder = new TemporaryFolder();
        var description = Of(codec, size);
        using (var writer = SequenceLabelWriter.Open(folder.Path, description)) Fill(writer, spread);
        using var reader = SequenceLabelReader.Open(folder.Path, description, verifyAll: true);
        var cost = SequenceLabelCost.Of(description, Documents * Tokens, spread);
        var rowBytes = reader.PayloadBytes / (double)(Documents * Tokens);
        output.WriteLine($"{codec} {size} {spread}: {rowBytes:F1} bytes a row (predicted {cost.RowBytes:F1}), {cost.TokenBytes:F1} a token, file {reader.FileBytes} (predicted {cost.Bytes})");
        output.WriteLine(SequenceLabelCost.Describe(description, 10_000_000));
        Assert.Equal(rowBytes, cost.RowBytes, 0.03 * rowBytes);
        Assert.Equal(reader.FileBytes, (double)cost.Bytes, 0.1 * reader.FileBytes);
    }

    /// <summary>The floor is far below what any machine does; the figure is printed.</summary>
    [Fact]
    public void DecodingIsFasterThanTraining()
    {
        using var folder = new TemporaryFolder();
        var description = Of(SequenceCodec.TopKByte, "64");
        using (var writer = SequenceLabelWriter.Open(folder.Path, description)) Fill(writer, IdSpread.Low);
        using var reader = SequenceLabelReader.Open(folder.Path, description, verifyAll: true);
        var (ids, logs, tails) = (new int[Tokens * 64], new float[Tokens * 64], new float[Tokens]);
        var (started, rows) = (Stopwatch.GetTimestamp(), 0);
        for (; Stopwatch.GetElapsedTime(started).TotalSeconds < 0.3; rows += Tokens)
            reader.ReadRows(rows / Tokens % Documents, 0, ids, logs, tails);
        var each = rows / Stopwatch.GetElapsedTime(started).TotalSeconds;
        output.WriteLine($"topk-q8, 64 ids: {each / 1e6:F2} million rows a second on one thread");
        Assert.True(each > 20_000, $"{each:F0} rows a second");
    }

    private static SequenceLabelDescription Of(SequenceCodec codec, string size) => new()
    {
        Codec = codec,
        Vocabulary = Vocabulary,
        Documents = Documents,
        MaximumTokens = Tokens,
        Keep = codec is SequenceCodec.TopKByte or SequenceCodec.TopKHalf ? size : "all",
        Draws = codec == SequenceCodec.Sampled ? int.Parse(size) : 0,
        Width = codec == SequenceCodec.DenseHalf ? int.Parse(size) : 0,
        TeacherHash = "aa",
        DataHash = "bb",
        TokenizerHash = "tt",
    };

    /// <summary>
    /// The most probable after adding a Gumbel number to ln w are a draw of ids by their weights w; a sampled row is drawn from w itself.
    /// </summary>
    private static void Fill(SequenceLabelWriter writer, IdSpread spread)
    {
        const int Pool = 1_000_003;
        var noise = new float[Pool];
        if (writer.Description.KeepsTopK)
            for (var index = 0; index < Pool; index++)
                noise[index] = (float)-Math.Log(-Math.Log(new Seed(8).UniformDouble((ulong)index) + 1e-300));
        var (logits, tokens) = (new float[Vocabulary], Enumerable.Range(0, Tokens).ToArray());
        var document = writer.NewDocument();
        foreach (var index in writer.MissingDocuments())
        {
            document.Begin(index, ExampleKey.Of([index]), tokens);
            for (var row = 0; row < Tokens; row++)
            {
                var start = (index * Tokens + row) * 7919L;
                for (var id = 0; id < Vocabulary; id++)
                    logits[id] = (spread == IdSpread.Low ? -MathF.Log(id + 1) : 0) + noise[(start + id * 13L) % Pool];
                if (writer.Description.Codec == SequenceCodec.DenseHalf) document.AddValues(logits.AsSpan(0, writer.Description.Width));
                else document.AddLogits(logits);
            }
            writer.Append(document);
        }
    }
}
