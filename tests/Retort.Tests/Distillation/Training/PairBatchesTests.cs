using Retort.Data.Text;
using Retort.Tensors;
using Retort.Training;
using Xunit;

namespace Retort.Tests.Distillation.Training;

/// <summary>A pair stands together, the preferred text in front.</summary>
public sealed class PairBatchesTests
{
    [Fact]
    public void NoPairIsParted()
    {
        var batches = new PairBatches([.. Enumerable.Range(0, 7).Select(i => Pair(i, 3 + i % 3))], 20, 2, new Seed(1));
        var seen = new List<string>();
        for (var update = 0; update < batches.StepsPerEpoch; update++)
        {
            var batch = batches.CreateBatch();
            batches.Fill(update, batch);
            string[] places = [.. batch.Text!.Texts.Select(text => text.Place)];
            for (var i = 0; i < places.Length; i += 2)
            {
                Assert.Equal("a" + places[i][1..], places[i]);
                Assert.Equal("b" + places[i][1..], places[i + 1]);
            }
            seen.AddRange(places);
        }
        Assert.Equal(14, seen.Distinct().Count());
        Assert.Equal(14, seen.Count);
    }

    [Fact]
    public void APairThatFitsNowhereIsNamed()
    {
        var error = Assert.Throws<RetortException>(() => new PairBatches([Pair(4, 11)], 20, 2, new Seed(1)));
        Assert.Contains("a4", error.Message, StringComparison.Ordinal);
        Assert.Contains("a pair of 22 tokens.", error.Message, StringComparison.Ordinal);
    }

    private static TextPair Pair(int number, int tokens) => new(Text("a", number, tokens), Text("b", number, tokens));

    private static TextDocument Text(string name, int number, int tokens) => new($"{name}{number}", [.. Enumerable.Range(1, tokens)],
        [.. Enumerable.Range(0, tokens).Select(i => i > 0)]);
}
