using System.IO.Compression;
using System.Text.Json;
using Retort.Formats.Tokenizers.Json;
using Retort.Formats.Tokenizers.Training;
using Retort.Tensors;
using Xunit;

namespace Retort.Tests.Formats.Tokenizers;

public sealed class BytePairTrainerTests(ITestOutputHelper output)
{
    /// <summary>Stanford CS336's reference: the same merges in the same order, and the same vocabulary.</summary>
    [Fact]
    public void LearnsTheReferenceMerges()
    {
        var found = RealData.Files("reference_merges.txt");
        if (found.Length == 0) Assert.Skip("no reference_merges.txt was found: set RETORT_DATA to a folder that holds it.");
        foreach (var path in found)
        {
            var folder = Path.GetDirectoryName(path)!;
            using var corpus = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(folder, "corpus.en.gz")), CompressionMode.Decompress));
            var expected = JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllBytes(Path.Combine(folder, "reference_vocab.json")))!;
            var learnt = BytePairTrainer.Train([corpus.ReadToEnd()], expected.Count, ["<|endoftext|>"]);
            Assert.Equal(File.ReadAllLines(path).Where(line => line.Length > 0), learnt.Merges.Select(merge => $"{merge.Left} {merge.Right}"));
            Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), learnt.Tokens.Order(StringComparer.Ordinal));
            output.WriteLine($"golden: bpe training, {learnt.Merges.Count} merges, 0 differences");
        }
    }

    [Fact]
    public void TheMostFrequentPairComesFirstAndTiesGoToTheGreaterBytes()
    {
        var learnt = BytePairTrainer.Train(["ab.ab.cd.cd.xy.xy.xy"], 256 + 3, []);
        Assert.Equal([("x", "y"), ("c", "d"), ("a", "b")], learnt.Merges);
    }

    [Theory]
    [InlineData("<end>", "<end>")]
    [InlineData("<end>", "")]
    [InlineData("<end>", "a")]
    [InlineData("<end>", "Ġ")]
    public void SpecialTokensAreDifferentAndNoBytes(string first, string second) => Assert.Contains($"'{second}' is empty, there twice",
        Assert.Throws<RetortException>(() => BytePairTrainer.Train(["a"], 300, [first, second])).Message, StringComparison.Ordinal);

    [Fact]
    public void StopsWhenNoPairOccursTwice()
    {
        var learnt = BytePairTrainer.Train(["abab"], 1000, []);
        Assert.Equal(256 + 1, learnt.Size);
        Assert.Equal([("a", "b")], learnt.Merges);
    }

    [Fact]
    public void SpecialTokensAreNotLearntFrom()
    {
        var learnt = BytePairTrainer.Train(["<end>a<end>a<end>"], 300, ["<end>"]);
        Assert.Empty(learnt.Merges);
        Assert.Equal([0, learnt.ToTokenizer().Id("a")!.Value, 0], learnt.ToTokenizer().Encode("<end>a<end>").Ids);
    }

    [Fact]
    public void WhatIsWrittenReadsBackTheSame()
    {
        using var folder = new TemporaryFolder();
        var learnt = BytePairTrainer.Train(["the teacher teaches the student, größer 🙂 the end"], 290, ["<|end|>"]);
        learnt.Write(folder.At("tokenizer.json"));
        var (here, read) = (learnt.ToTokenizer(), TokenizerReader.Read(folder.At("tokenizer.json")));
        const string Text = "the student teaches größer 🙂🚀<|end|>\n the";
        Assert.Equal(here.Encode(Text).Ids, read.Encode(Text).Ids);
        Assert.Equal(Text, read.Decode(read.Encode(Text).Ids, skipSpecialTokens: false));
        Assert.Equal(learnt.Size, read.Size);
    }

    [Fact]
    public void ASizeWithoutRoomForTheBytesIsRefused() => Assert.Contains("expected 257 to",
        Assert.Throws<RetortException>(() => BytePairTrainer.Train(["a"], 256, ["<end>"])).Message, StringComparison.Ordinal);
}
